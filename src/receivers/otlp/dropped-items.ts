import type { ComponentSettings } from '#component/component.ts';
import type { SignalItems } from '#component/signals.ts';
import type { OnOverLimit, OverLimitReason } from '#pdata/item-limits.ts';
import type { PartialSuccess } from './partial-success.ts';

/** Setting that controls each reason. */
const settingOf: Readonly<Record<OverLimitReason, string>> = {
  text_too_long: 'limits::text_bytes',
  too_many_attributes: 'limits::attributes',
  list_too_long: 'limits::list_length',
  item_too_large: 'limits::item_bytes',
};

/**
 * Counts the items that a receiver drops because they exceed a limit: in its metrics, in the response, and once per
 * reason in the log.
 */
export class DroppedItems {
  readonly #items: Pick<SignalItems<unknown>, 'name' | 'words'>;
  readonly #settings: ComponentSettings;
  readonly #labels: Readonly<Record<string, string>>;
  readonly #logged = new Set<OverLimitReason>();

  constructor(
    items: Pick<SignalItems<unknown>, 'name' | 'words'>,
    settings: ComponentSettings,
    labels: Readonly<Record<string, string>>,
  ) {
    this.#items = items;
    this.#settings = settings;
    this.#labels = labels;
  }

  /** Begins a request. Its drops are counted when it is accepted, because a refused request loses nothing. */
  begin(): RequestDrops {
    return new RequestDrops((drops) => this.#count(drops));
  }

  #count(drops: readonly Drop[]): PartialSuccess | undefined {
    const { id, metrics } = this.#settings;
    const { name, words } = this.#items;
    const byReason = new Map<OverLimitReason, number>();
    for (const drop of drops) {
      if (drop.items > 0) byReason.set(drop.reason, (byReason.get(drop.reason) ?? 0) + drop.items);
      this.#logOnce(drop);
    }
    let rejectedItems = 0;
    const parts: string[] = [];
    for (const [reason, items] of byReason) {
      const help = `Total number of ${words} dropped because they exceed a limit of the receiver.`;
      metrics.counter(`pitot_receiver_dropped_${name}_total`, help, { ...this.#labels, reason }).add(items);
      rejectedItems += items;
      parts.push(`${items} ${reason} (${id}::${settingOf[reason]})`);
    }
    if (rejectedItems === 0) return undefined;
    return { items: name, rejectedItems, message: `${words} exceed a limit: ${parts.join(', ')}` };
  }

  #logOnce({ reason, subject }: Drop): void {
    if (this.#logged.has(reason)) return;
    this.#logged.add(reason);
    const { id, logger } = this.#settings;
    logger.warn(`Dropping ${this.#items.words} that exceed a limit; further ones are only counted`, {
      reason,
      setting: `receivers::${id}::${settingOf[reason]}`,
      ...(subject !== '' && { metric: subject.slice(0, 200) }),
    });
  }
}

interface Drop {
  readonly reason: OverLimitReason;
  readonly subject: string;
  items: number;
}

/** The drops of one request. */
export class RequestDrops {
  readonly #report: (drops: readonly Drop[]) => PartialSuccess | undefined;
  #drops: Drop[] | undefined;

  constructor(report: (drops: readonly Drop[]) => PartialSuccess | undefined) {
    this.#report = report;
  }

  /** Records dropped items. There is one entry per reason, with the first name. */
  readonly add: OnOverLimit = (reason, items, subject) => {
    this.#drops ??= [];
    const known = this.#drops.find((drop) => drop.reason === reason);
    if (known) known.items += items;
    else this.#drops.push({ reason, items, subject });
  };

  /** Reports the drops after the request was accepted. Undefined if nothing was dropped. */
  count(): PartialSuccess | undefined {
    return this.#drops && this.#report(this.#drops);
  }
}
