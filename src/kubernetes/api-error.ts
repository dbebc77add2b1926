/** An answer of the API server other than 200, or an error event of a watch. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }

  /** Whether the server no longer has the version of the resource from which a watch should continue. */
  get isGone(): boolean {
    return this.status === 410;
  }
}
