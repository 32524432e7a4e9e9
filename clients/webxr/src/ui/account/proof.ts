/** Asks for proof that it is really oneself: the password or, where the field stays empty, a passkey. */
import type { Me } from "../../net/me";
import type { Proof } from "../../net/own";
import { answerWithPasskey, PasskeyCancelled, passkeysWork } from "../../net/passkeys";
import type { Field } from "../shell";
import { A } from "../strings-account";
import { passwordField } from "./password-field";

const W = A.ways;

export interface ProofField {
  field: Field;
  /** The proof; null when none was given, which was said beside the field where it helps. */
  ask(): Promise<Proof | null>;
}

/** Build it. */
export function proofField(me: Me, test: string): ProofField {
  const passkey = me.passkeys && passkeysWork();
  const made = passwordField(W.confirm, test, passkey ? W.confirmOr : "");
  return {
    field: made,
    async ask() {
      const password = made.input.value;
      if (password !== "") return { password };
      if (passkey) {
        try {
          return await answerWithPasskey();
        } catch (error) {
          if (!(error instanceof PasskeyCancelled)) throw error;
        }
      }
      made.wrong(W.confirmMissing);
      made.input.focus();
      return null;
    },
  };
}
