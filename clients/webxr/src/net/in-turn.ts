/**
 * Ask one thing at a time: whatever asks while an answer is on its way is answered by one more
 * asking after it. So an old answer never comes after a newer one.
 */
export function inTurn(ask: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  let once = false;
  const round = async () => {
    try {
      do {
        once = false;
        await ask();
      } while (once);
    } finally {
      // With the last look at once: whoever asks from now on begins another round.
      running = null;
    }
  };
  return () => {
    once = true;
    running ??= round();
    return running;
  };
}
