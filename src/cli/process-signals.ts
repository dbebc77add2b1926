const handled = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
/** A signal that pitot handles. */
export type HandledSignal = (typeof handled)[number];

let handle: ((signal: HandledSignal) => void) | undefined;

/*
 * Imported before all other modules: the first process of a container ignores signals without a handler, and would have
 * to be killed if it is stopped while it loads. Modules load without a turn of the event loop, so no signal arrives here
 * before `handleSignals` was called.
 */
for (const signal of handled) process.on(signal, () => handle?.(signal));

/** Sets the function that handles signals from now on. */
export function handleSignals(handler: (signal: HandledSignal) => void): void {
  handle = handler;
}
