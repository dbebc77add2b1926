const handled = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
/** The signals that a collector answers to. */
export type HandledSignal = (typeof handled)[number];

let handle: ((signal: HandledSignal) => void) | undefined;

/*
 * Imported before all other modules: as the first process of a container a process without a handler ignores signals, and
 * would have to be killed when it is stopped while it loads. What arrives meanwhile is handled when loading has ended.
 */
for (const signal of handled) process.on(signal, () => handle?.(signal));

/** From here on `handler` decides what signals mean. */
export function handleSignals(handler: (signal: HandledSignal) => void): void {
  handle = handler;
}
