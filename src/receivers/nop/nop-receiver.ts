import type { Component } from '#component/component.ts';

/** Returns a receiver without data and without a port. */
export function nopReceiver(): Component {
  return { start: async () => {}, shutdown: async () => {} };
}
