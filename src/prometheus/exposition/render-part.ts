import type { MetricFamily, Series } from '../metric-family.ts';
import { ByteBuilder, type ExpositionBytes, toBuffer } from './byte-builder.ts';
import type { ExpositionFormat, FamilyRenderer } from './exposition-format.ts';
import { type ExpositionPart, isFirstOf, isLastOf } from './exposition-parts.ts';
import type { RenderBudget } from './render-budget.ts';

/**
 * A piece is complete when it has at least this many bytes. Nearly all parts are one piece; parts with long labels
 * consist of several.
 */
const pieceBytes = 512 * 1024;

/** A longer family in a format with frames is divided into several messages, which Prometheus accepts. */
export const maxFrameBytes = 8 * 1024 * 1024;

/** Yielded instead of a piece where rendering can pause. */
export const pause = '';

/**
 * Renders a part in a format, in pieces, some of which are only a {@link pause}. Whole families include their frames; the caller adds the frame of a split
 * family. A piece shows the values at the time of its rendering.
 */
export function* renderPart(
  part: ExpositionPart,
  format: ExpositionFormat,
  budget: RenderBudget,
): Generator<ExpositionBytes, void, void> {
  const pieces = new Pieces(format.frame !== undefined && part.split !== undefined);
  for (const family of part.families) {
    const renderer = format.begin(family, budget);
    const { series, from, until } = part.split ?? { series: family.series, from: 0, until: family.series.length };
    if (format.frame !== undefined && part.split === undefined) {
      yield* framedFamily(pieces, { renderer, series, frame: format.frame });
      continue;
    }
    if (isFirstOf(part)) pieces.text.append(renderer.head);
    for (let i = from; i < until; i++) {
      pieces.text.append(renderer.series(series[i] as Series));
      if (pieces.isComplete) yield pieces.take();
    }
    if (isLastOf(part)) pieces.text.append(renderer.tail);
  }
  if (pieces.text.length > 0) yield pieces.take();
}

interface FramedFamily {
  readonly renderer: FamilyRenderer;
  readonly series: MetricFamily['series'];
  readonly frame: (byteLength: number) => string;
}

/** Renders a family with its frame. The text is complete before it is appended, because its length precedes it. */
function* framedFamily(pieces: Pieces, { renderer, series, frame }: FramedFamily): Generator<ExpositionBytes> {
  let body = new ByteBuilder();
  let pauseAt = pieceBytes;
  body.append(renderer.head);
  for (let i = 0; i < series.length; i++) {
    if (body.length >= maxFrameBytes) {
      pieces.text.append(frame(body.length));
      pieces.text.take(body);
      yield pieces.take();
      body = new ByteBuilder();
      pauseAt = pieceBytes;
      body.append(renderer.head);
    } else if (body.length >= pauseAt) {
      pauseAt = body.length + pieceBytes;
      yield pause;
    }
    body.append(renderer.series(series[i] as Series));
  }
  body.append(renderer.tail);
  pieces.text.append(frame(body.length));
  pieces.text.take(body);
  if (pieces.isComplete) yield pieces.take();
}

class Pieces {
  text = new ByteBuilder();
  readonly #mustBeBytes: boolean;

  /**
   * `mustBeBytes`: whether to convert pieces to bytes, so that pieces that wait for the rest of their family are not
   * kept as a tree of joined strings.
   */
  constructor(mustBeBytes: boolean) {
    this.#mustBeBytes = mustBeBytes;
  }

  get isComplete(): boolean {
    return this.text.length >= pieceBytes;
  }

  take(): ExpositionBytes {
    const bytes = this.text.bytes();
    this.text = new ByteBuilder();
    return this.#mustBeBytes ? toBuffer(bytes) : bytes;
  }
}
