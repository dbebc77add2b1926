import { jsonFlag } from './client-flags.ts';
import type { Command } from './command.ts';
import { lastValue, UsageError } from './parse-arguments.ts';
import { stateDirectory } from './state-directory.ts';

const names = ['inspect', 'verify', 'export', 'import'] as const;

/** `pitot snapshot`: works on the file in which accumulation keeps its totals. */
export const snapshotCommand: Command = {
  name: 'snapshot',
  about: 'Inspects, verifies, exports, or imports the totals that accumulation keeps on disk',
  longAbout: `Inspects, verifies, exports, or imports the file of the extension file_storage, in which accumulation keeps its totals.

  inspect   prints what the file contains: state start, series, streams, metrics
  verify    checks every record, and names corrupted ones
  export    prints all records as lines of JSON
  import    writes an export to a new file

The operand is a storage file, or a directory with one storage file. By default, it is the directory of the built-in configuration.
The first three read a copy and change nothing, so pitot can run in the meantime. Stop pitot before an import.

Examples:
  pitot snapshot inspect /var/lib/pitot
  kubectl exec POD -- /pitot snapshot export /var/lib/pitot > totals.jsonl
  pitot snapshot import /var/lib/pitot/file_storage.db --from=totals.jsonl`,
  exitStatus: '0 if every record is valid; 1 if one is corrupted, or an import is refused',
  operands: { name: `${names.join('|')} [file]`, min: 1, max: 2, words: names },
  flags: [
    { name: 'from', value: 'file', help: 'Output of export to import; - reads standard input (default "-")' },
    jsonFlag,
    { name: 'replace', help: 'Import although the file exists. pitot renames the existing file.' },
  ],
  execute: async (parsed, line, io) => {
    const [word, location = stateDirectory(line)] = parsed.operands;
    const name = names.find((each) => each === word);
    if (name === undefined) {
      throw new UsageError(`cannot ${JSON.stringify(word)} a snapshot; use one of: ${names.join(', ')}`);
    }
    if (name === 'import' && parsed.operands.length < 2) {
      throw new UsageError('name the file to write: snapshot import FILE --from=EXPORT');
    }
    const { actions } = await import('./snapshot/run-action.ts');
    return actions[name]({
      location,
      isJson: parsed.flags.has('json'),
      pitotVersion: line.build.version,
      from: lastValue(parsed, 'from') ?? '-',
      replaces: parsed.flags.has('replace'),
      io,
    });
  },
};
