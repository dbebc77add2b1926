import { ApiError } from './context.ts';

/** Query parameters of a request, with their limits. */
export class Parameters {
  readonly #query: URLSearchParams;

  constructor(target: string) {
    const question = target.indexOf('?');
    this.#query = new URLSearchParams(question < 0 ? '' : target.slice(question + 1));
  }

  text(name: string): string {
    return this.#query.get(name) ?? '';
  }

  /** @throws ApiError 400 if it is absent */
  required(name: string): string {
    const value = this.#query.get(name);
    if (value === null || value === '') throw new ApiError(400, `the parameter ${name} is missing`);
    return value;
  }

  /**
   * Returns a whole number from 0 to `max`.
   * @throws ApiError 400 for any other text
   */
  count(name: string, { fallback, max }: { readonly fallback: number; readonly max: number }): number {
    const text = this.#query.get(name);
    if (text === null) return fallback;
    const value = Number(text);
    if (!/^\d+$/.test(text) || value > max)
      throw new ApiError(400, `the parameter ${name} must be a number from 0 to ${max}`);
    return value;
  }

  /**
   * Returns one of `choices`. The default is the first.
   * @throws ApiError 400 for any other text
   */
  choice<Choice extends string>(name: string, choices: readonly [Choice, ...Choice[]]): Choice {
    const text = this.#query.get(name) ?? choices[0];
    const choice = choices.find((each) => each === text);
    if (choice === undefined) throw new ApiError(400, `the parameter ${name} must be one of ${choices.join(', ')}`);
    return choice;
  }
}
