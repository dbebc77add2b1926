import { openSnapshot, type Snapshot, writeSnapshot } from '#extensions/file-storage/snapshot.ts';
import type { CommandIo, Printed } from '../command.ts';
import { exportedLines, readExport } from './exported-entries.ts';
import { inspect, inspectionText, verdict } from './inspect.ts';
import { stateFileAt } from './state-file.ts';

interface ActionOptions {
  /** The storage file, or its directory. */
  readonly location: string;
  readonly isJson: boolean;
  readonly pitotVersion: string;
  /** Path of the export that `import` reads; `-` is standard input. */
  readonly from: string;
  /** Whether `import` replaces an existing file. */
  readonly replaces: boolean;
  readonly io: CommandIo;
}

type Action = (options: ActionOptions) => Promise<Printed>;

/** Actions of `pitot snapshot`, by their names on the command line. */
export const actions: Readonly<Record<'inspect' | 'verify' | 'export' | 'import', Action>> = {
  inspect: reading(({ file, snapshot, isJson }) => {
    const found = inspect(file, snapshot);
    return {
      print: isJson ? jsonOf(found) : inspectionText(found, Date.now()),
      exitCode: found.corrupted.length > 0 ? 1 : 0,
    };
  }),

  verify: reading(({ file, snapshot, isJson }) => {
    const { corrupted, owners } = inspect(file, snapshot);
    const records = owners.reduce((sum, { entries }) => sum + entries, 0);
    const result = { file, ok: corrupted.length === 0, records, corrupted };
    return { print: isJson ? jsonOf(result) : `${file}: ${verdict(corrupted)}`, exitCode: result.ok ? 0 : 1 };
  }),

  export: reading(({ snapshot, pitotVersion, io }) => {
    for (const line of exportedLines(snapshot, pitotVersion)) io.output(line);
    const { corrupted } = snapshot;
    if (corrupted.length === 0) return { print: '' };
    return { print: '', remarks: [`The export lacks ${verdict(corrupted).trimEnd()}`], exitCode: 1 };
  }),

  import: async ({ location, from, replaces, isJson }) => {
    const entries = await readExport(from);
    const aside = writeSnapshot(location, entries, { replaces, nowUnixMs: Date.now() });
    const kept = aside === undefined ? '' : ` The file that was there is now ${aside}.`;
    if (isJson) return { print: jsonOf({ file: location, records: entries.length, replaced: aside ?? null }) };
    return { print: `Wrote ${entries.length} records to ${location}.${kept}\n` };
  },
};

/** Returns the action that passes an opened storage file to `act`, and closes it afterwards. */
function reading(act: (context: ActionOptions & { file: string; snapshot: Snapshot }) => Printed): Action {
  return async (options) => {
    const file = stateFileAt(options.location);
    const snapshot = await openSnapshot(file);
    try {
      return act({ ...options, file, snapshot });
    } finally {
      snapshot.close();
    }
  };
}

function jsonOf(value: object): string {
  return `${JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? String(each) : each))}\n`;
}
