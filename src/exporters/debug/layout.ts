import type { Slices } from '#flow/slices.ts';
import type { BodyText } from './body-text.ts';

/** Layout of bodies of one signal: normal or detailed. Caches texts between requests. */
export interface Layout<Data> {
  /**
   * Writes a request, with pauses after some text. The exporter writes one request at a time. Ends early if the body
   * becomes too long.
   */
  write(data: Data, body: BodyText): Slices<void>;
}
