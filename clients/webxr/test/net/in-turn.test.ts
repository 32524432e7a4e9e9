import { describe, expect, it } from "vitest";
import { inTurn } from "../../src/net/in-turn";

/** Questions that are answered when the test says so. */
function questions() {
  const answers: { answer: () => void; refuse: (why: Error) => void }[] = [];
  const ask = inTurn(
    () =>
      new Promise<void>((answer, refuse) => {
        answers.push({ answer, refuse });
      }),
  );
  return { ask, answers };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe("inTurn", () => {
  it("asks at once, and once more for all who asked meanwhile", async () => {
    const { ask, answers } = questions();
    const all = [ask(), ask(), ask()];
    expect(answers).toHaveLength(1);
    answers[0]?.answer();
    await settled();
    expect(answers).toHaveLength(2);
    answers[1]?.answer();
    await Promise.all(all);
    expect(answers, "nobody asked since").toHaveLength(2);
  });

  it("asks anew after an answer, and after none", async () => {
    const { ask, answers } = questions();
    const first = ask();
    answers[0]?.refuse(new Error("away"));
    await expect(first).rejects.toThrow("away");
    const second = ask();
    expect(answers).toHaveLength(2);
    answers[1]?.answer();
    await second;
  });

  it("asks again for whoever asks in the very moment of an answer", async () => {
    // However many steps of the same turn lie between the answer and them.
    for (let steps = 0; steps < 8; steps++) {
      const { ask, answers } = questions();
      void ask();
      answers[0]?.answer();
      for (let step = 0; step < steps; step++) await null;
      void ask();
      await settled();
      expect(answers, `${steps} steps after it`).toHaveLength(2);
    }
  });
});
