import { fromByteString } from '#bytes/utf8.ts';
import type { ConflictView } from '#component/views/series-view.ts';
import type { NamedFamilies } from '../family-names.ts';

/** Maximum number of listed conflicts. */
const maxConflicts = 500;

/** Returns names that clients describe in several ways, with the shown and the hidden descriptions. */
export function conflictsOf(names: Iterable<NamedFamilies>): ConflictView[] {
  const conflicts: ConflictView[] = [];
  for (const { name: bytes, families, variants, shown } of names) {
    if (conflicts.length >= maxConflicts) break;
    const name = fromByteString(bytes);
    const visible = families.find(({ refusal }) => refusal === undefined);
    for (const { type, refusal, count } of families) {
      if (refusal === undefined || count === 0) continue;
      const kind = refusal === 'type_conflict' ? 'type' : 'name';
      conflicts.push({ name, kind, shown: visible?.type ?? '', hidden: type, seriesCount: count });
    }
    const help = shown?.help ?? variants[0]?.help ?? '';
    for (const variant of variants) {
      if (variant.count === 0 || variant.help === help || variant.family.refusal !== undefined) continue;
      const [used, unused] = [fromByteString(help), fromByteString(variant.help)];
      conflicts.push({ name, kind: 'help', shown: used, hidden: unused, seriesCount: variant.count });
    }
  }
  return conflicts;
}
