import type { Slices } from '#flow/slices.ts';
import { type ItemLimits, noItemLimits, type OnOverLimit, OverLimit } from '../item-limits.ts';
import type { InstrumentationScope, Resource } from '../metrics.ts';
import { decodeResource, decodeScope } from './decode-envelope.ts';
import { GatheredBytes, GatheredText } from './gathered-bytes.ts';
import { sliceBytes, WireReader } from './wire-reader.ts';

/** Differences between requests of traces and logs, which have the same structure. Names are the Collector's. */
export interface SignalShape<Item, Scope, ResourceData> {
  readonly requestField: string;
  readonly scopesField: string;
  readonly itemsField: string;
  /** Reads the item at the reader's position. */
  readonly readItem: (reader: WireReader, end: number) => Item;
  readonly scopeOf: (scope: InstrumentationScope, items: readonly Item[], schemaUrl: string) => Scope;
  readonly resourceOf: (resource: Resource, scopes: readonly Scope[], schemaUrl: string) => ResourceData;
}

/** A decoded request. */
interface DecodedSignal<ResourceData> {
  readonly resources: readonly ResourceData[];
  readonly itemCount: number;
}

/** Tag of the deprecated field 1000 of a resource's data. */
const deprecatedScopes = 8002;

/** Parameters of {@link decodeSignal}. */
export interface SignalDecoderOptions {
  readonly limits?: ItemLimits | undefined;
  readonly onOverLimit?: OnOverLimit | undefined;
}

/**
 * Decodes an export request: message Export…Request { repeated Resource… = 1; }. Nothing is interned, because these
 * signals are only counted and printed. Items that exceed a limit are dropped and reported.
 * @throws DecodeError
 */
export function decodeSignal<Item, Scope, ResourceData>(
  body: Buffer,
  shape: SignalShape<Item, Scope, ResourceData>,
  options: SignalDecoderOptions = {},
): Slices<DecodedSignal<ResourceData>> {
  return new SignalReader(body, shape, options).request();
}

class SignalReader<Item, Scope, ResourceData> {
  readonly #reader: WireReader;
  readonly #shape: SignalShape<Item, Scope, ResourceData>;
  readonly #onOverLimit: OnOverLimit;
  readonly #resourceFields: Readonly<Record<number, string>>;
  readonly #scopeFields: Readonly<Record<number, string>>;
  #pause = sliceBytes;
  #itemCount = 0;

  constructor(
    body: Buffer,
    shape: SignalShape<Item, Scope, ResourceData>,
    { limits = noItemLimits, onOverLimit = () => undefined }: SignalDecoderOptions,
  ) {
    this.#reader = new WireReader(body, limits);
    this.#shape = shape;
    this.#onOverLimit = onOverLimit;
    const { scopesField, itemsField } = shape;
    this.#resourceFields = { 1: 'Resource', 2: scopesField, 3: 'SchemaUrl', 1000: `Deprecated${scopesField}` };
    this.#scopeFields = { 1: 'Scope', 2: itemsField, 3: 'SchemaUrl' };
  }

  *request(): Slices<DecodedSignal<ResourceData>> {
    const reader = this.#reader;
    const { length } = reader.bytes;
    const known = { 1: this.#shape.requestField };
    const resources: ResourceData[] = [];
    while (reader.position < length) {
      if (reader.position >= this.#pause) yield* this.#paused();
      const tag = reader.tag(length);
      if (tag === 0x0a) {
        const one = yield* this.#resource(reader.lengthEnd(length));
        if (one !== undefined) resources.push(one);
      } else reader.skip(tag, length, known);
    }
    return { resources, itemCount: this.#itemCount };
  }

  /** message Resource… { Resource resource = 1; repeated Scope… = 2; string schema_url = 3; repeated Scope… deprecated = 1000; } */
  *#resource(messageEnd: number): Slices<ResourceData | undefined> {
    const reader = this.#reader;
    const before = this.#itemCount;
    const resource = new GatheredBytes();
    const schemaUrl = new GatheredText();
    const scopes: Scope[] = [];
    const deprecated: Scope[] = [];
    let deprecatedItems = 0;
    while (reader.position < messageEnd) {
      if (reader.position >= this.#pause) yield* this.#paused();
      const tag = reader.tag(messageEnd);
      if (tag === 0x0a) resource.addField(reader, messageEnd);
      else if (tag === 0x12) {
        const one = yield* this.#scope(reader.lengthEnd(messageEnd));
        if (one !== undefined) scopes.push(one);
      } else if (tag === 0x1a) schemaUrl.readField(reader, messageEnd);
      else if (tag === deprecatedScopes) {
        const beforeDeprecated = this.#itemCount;
        const one = yield* this.#scope(reader.lengthEnd(messageEnd));
        if (one !== undefined) deprecated.push(one);
        deprecatedItems += this.#itemCount - beforeDeprecated;
      } else reader.skip(tag, messageEnd, this.#resourceFields);
    }
    if (scopes.length > 0) this.#itemCount -= deprecatedItems;
    try {
      const decoded = resource.read(reader, (bytes, _start, stop) => decodeResource(bytes, stop));
      return this.#shape.resourceOf(decoded, scopes.length === 0 ? deprecated : scopes, schemaUrl.text);
    } catch (error) {
      return this.#dropped(before, error);
    }
  }

  /** message Scope… { InstrumentationScope scope = 1; repeated Item = 2; string schema_url = 3; } */
  *#scope(messageEnd: number): Slices<Scope | undefined> {
    const reader = this.#reader;
    const before = this.#itemCount;
    const scope = new GatheredBytes();
    const schemaUrl = new GatheredText();
    const items: Item[] = [];
    while (reader.position < messageEnd) {
      if (reader.position >= this.#pause) yield* this.#paused();
      const tag = reader.tag(messageEnd);
      if (tag === 0x0a) scope.addField(reader, messageEnd);
      else if (tag === 0x12) this.#addItem(reader.lengthEnd(messageEnd), items);
      else if (tag === 0x1a) schemaUrl.readField(reader, messageEnd);
      else reader.skip(tag, messageEnd, this.#scopeFields);
    }
    this.#itemCount += items.length;
    try {
      const decoded = scope.read(reader, (bytes, _start, stop) => decodeScope(bytes, stop));
      return this.#shape.scopeOf(decoded, items, schemaUrl.text);
    } catch (error) {
      return this.#dropped(before, error);
    }
  }

  #addItem(itemEnd: number, items: Item[]): void {
    const reader = this.#reader;
    try {
      reader.beginItem(itemEnd);
      items.push(this.#shape.readItem(reader, itemEnd));
    } catch (error) {
      if (!(error instanceof OverLimit)) throw error;
      this.#onOverLimit(error.reason, 1, '');
      reader.position = itemEnd;
    }
    reader.endItem();
  }

  /**
   * Drops all items after the first `before`, because their resource or scope exceeds a limit. Rethrows any other
   * error.
   */
  #dropped(before: number, error: unknown): undefined {
    if (!(error instanceof OverLimit)) throw error;
    this.#onOverLimit(error.reason, this.#itemCount - before, '');
    this.#itemCount = before;
    return undefined;
  }

  *#paused(): Slices<void> {
    yield;
    this.#pause = this.#reader.position + sliceBytes;
  }
}
