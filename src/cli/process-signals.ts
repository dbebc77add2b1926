const handled = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
/** The signals that a collector handles. */
export type HandledSignal = (typeof handled)[number];

let handle: ((signal: HandledSignal) => void) | undefined;

/*
 * Imported before all other modules. The first process of a container ignores signals without a handler, and would have
 * to be killed if it is stopped while it loads. Signals that arrive in the meantime are handled after loading.
 */
for (const signal of handled) process.on(signal, () => handle?.(signal));

/** Sets the function that handles signals from now on. */
export function handleSignals(handler: (signal: HandledSignal) => void): void {
  handle = handler;
}
