import { Memo } from '#cache/memo.ts';
import type { ClientContext } from '#component/consumer.ts';
import type { Attributes } from '#pdata/attributes.ts';
import type { AttributeAction } from './action.ts';
import { applyAction } from './apply-action.ts';
import { contextValue } from './context-value.ts';

/** Maximum number of cached edited attributes. Each needs about as much memory as the attributes themselves. */
const remembered = 32_768;

/**
 * Applies actions to attributes. Attributes are shared and immutable, so each distinct object is edited once and the
 * result is also shared. Later stages can therefore cache by reference. Unchanged attributes remain the same object.
 */
export class AttributeEditor {
  readonly #actions: readonly AttributeAction[];
  readonly #contextNames: readonly string[];
  #memo = new Memo<Attributes, Attributes>(remembered);
  /** Values of the context to which the cached results apply. */
  #memoContext: string;

  constructor(actions: readonly AttributeAction[]) {
    this.#actions = actions;
    this.#contextNames = actions.flatMap((action) =>
      'source' in action && action.source.fromContext !== '' ? [action.source.fromContext] : [],
    );
    this.#memoContext = '[]';
  }

  edit(attributes: Attributes, context: ClientContext): Attributes {
    if (this.#contextNames.length > 0) this.#enter(context);
    return this.#memo.get(attributes) ?? this.#memo.set(attributes, this.#edited(attributes, context));
  }

  /** Results differ between clients. Only those of the latest client are cached. */
  #enter(context: ClientContext): void {
    const values = JSON.stringify(this.#contextNames.map((name) => contextValue(name, context) ?? null));
    if (values === this.#memoContext) return;
    this.#memoContext = values;
    this.#memo = new Memo(remembered);
  }

  #edited(attributes: Attributes, context: ClientContext): Attributes {
    const before = attributes.entries;
    const entries = [...before];
    for (const action of this.#actions) applyAction(entries, action, context);
    const isSame = entries.length === before.length && entries.every((entry, i) => entry === before[i]);
    return isSame ? attributes : { entries };
  }
}
