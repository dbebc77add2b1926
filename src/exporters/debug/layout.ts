import type { BodyText } from './body-text.ts';

/** How bodies of one signal are laid out: normal or detailed. Remembers texts between requests. */
export interface Layout<Data> {
  write(data: Data, body: BodyText): void;
}
