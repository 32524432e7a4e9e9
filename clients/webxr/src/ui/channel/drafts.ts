/** What somebody began to write, kept on this device by account and group until it is sent. */

const KEY = "hearth.draft";
const LONGEST = 4_000;

export class Drafts {
  private readonly key: string;

  constructor(
    private readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem"> | null,
    account: string,
    group: string,
  ) {
    this.key = `${KEY}.${account}.${group}`;
  }

  read(): string {
    try {
      return (this.storage?.getItem(this.key) ?? "").slice(0, LONGEST);
    } catch {
      return "";
    }
  }

  write(text: string): void {
    try {
      if (text.trim() === "") this.storage?.removeItem(this.key);
      else this.storage?.setItem(this.key, text.slice(0, LONGEST));
    } catch {
      // Storage may be full or forbidden; the text is still in the field.
    }
  }
}
