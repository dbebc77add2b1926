import type { Series } from '../metric-family.ts';
import { ByteBuilder, type ExpositionBytes, toBuffer } from './byte-builder.ts';
import type { ExpositionFormat } from './exposition-format.ts';
import { type ExpositionPart, isFirstOf, isLastOf } from './exposition-parts.ts';
import type { LabelTextBudget } from './text-labels.ts';

/** The bytes of a part in a format. Whole families come with their frames; the frame of a split family is left to the caller. */
export function renderPart(part: ExpositionPart, format: ExpositionFormat, budget: LabelTextBudget): ExpositionBytes {
  const text = new ByteBuilder();
  for (const family of part.families) {
    const renderer = format.begin(family, budget);
    const { series, from, until } = part.split ?? { series: family.series, from: 0, until: family.series.length };
    const hasFrame = format.frame !== undefined && part.split === undefined;
    const body = hasFrame ? new ByteBuilder() : text;
    if (isFirstOf(part)) body.append(renderer.head);
    for (let i = from; i < until; i++) body.append(renderer.series(series[i] as Series));
    if (isLastOf(part)) body.append(renderer.tail);
    if (format.frame !== undefined && body !== text) {
      text.append(format.frame(body.length));
      text.take(body);
    }
  }
  // A part that has to wait for the rest of its family must not wait as a tree of joined strings.
  return format.frame !== undefined && part.split !== undefined ? toBuffer(text.bytes()) : text.bytes();
}
