/** Maximum number of answers to keep, and the time for which one is current, ms. */
const maxAnswers = 8;
const currentMs = 10_000;

/** Cache of expensive responses: clients that send the same request within seconds share one. */
export class SharedAnswers<Answer> {
  readonly #answers = new Map<string, { readonly answer: Promise<Answer>; readonly atMs: number }>();

  /** Returns the answer to `question`. Computes it if there is none that is current. A failure is not kept. */
  get(question: string, nowMs: number, compute: () => Promise<Answer>): Promise<Answer> {
    const known = this.#answers.get(question);
    if (known && nowMs - known.atMs < currentMs) return known.answer;
    const answer = compute();
    this.#answers.delete(question);
    this.#answers.set(question, { answer, atMs: nowMs });
    if (this.#answers.size > maxAnswers) this.#answers.delete(this.#answers.keys().next().value!);
    answer.catch(() => {
      if (this.#answers.get(question)?.answer === answer) this.#answers.delete(question);
    });
    return answer;
  }
}
