/** Members of a group by name and handle, for mentions. */
import { type Member, members } from "../../net/groups";
import type { Nameable } from "../channel/mention-box";

/** They are asked for once in a while, not with every letter. */
const KEPT_MS = 60_000;

/** Those who can be named. */
export class Names {
  private kept: Member[] = [];
  private asking: Promise<void> | null = null;
  private askedMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly group: string,
    private readonly me: string,
  ) {}

  known(id: string): Partial<Member> {
    const { handle, role } = this.kept.find((each) => each.id === id) ?? {};
    return { ...(handle === undefined ? {} : { handle }), ...(role === undefined ? {} : { role }) };
  }

  /** Ask for them, unless they are fresh; letters typed meanwhile wait for the same answer. */
  load(): Promise<void> {
    if (performance.now() - this.askedMs < KEPT_MS) return Promise.resolve();
    this.asking ??= this.ask().finally(() => {
      this.asking = null;
    });
    return this.asking;
  }

  private async ask(): Promise<void> {
    this.kept = (await members(this.group)).items;
    this.askedMs = performance.now();
  }

  async find(typed: string): Promise<Nameable[]> {
    await this.load();
    const here = this.kept.filter((each) => this.fits(each, typed));
    if (here.length > 0 || typed.length < 2) return here;
    // A large group: those not on the first page are looked up by name.
    const { items } = await members(this.group, { q: typed });
    return items.filter((each) => each.id !== this.me);
  }

  private fits({ id, handle, name }: Member, typed: string): boolean {
    if (id === this.me) return false;
    return handle.startsWith(typed) || name.toLowerCase().startsWith(typed);
  }
}
