import type { ListenerPurpose } from '#component/views/component-views.ts';

/** The mistake of a rejected client, and its correction. */
export interface Explanation {
  readonly title: string;
  readonly remedy: string;
  readonly level: 'error' | 'warning' | 'info';
}

/** Ports to which clients send, and that of the `/metrics` output. */
export interface Ports {
  readonly http: number;
  /** Undefined if no receiver listens for gRPC. */
  readonly grpc: number | undefined;
  readonly metrics: number;
  purposeOf(port: number): ListenerPurpose | undefined;
}

export const error = (title: string, remedy: string): Explanation => ({ level: 'error', title, remedy });
export const warning = (title: string, remedy: string): Explanation => ({ level: 'warning', title, remedy });
export const info = (title: string, remedy: string): Explanation => ({ level: 'info', title, remedy });
