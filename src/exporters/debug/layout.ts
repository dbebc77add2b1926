import type { BodyText } from './body-text.ts';

/** Layout of bodies of one signal: normal or detailed. Caches texts between requests. */
export interface Layout<Data> {
  write(data: Data, body: BodyText): void;
}
