import type { Clock } from '#component/component.ts';
import type { ApiPod } from './api-objects.ts';
import type { Pod, PodReader } from './pod.ts';
import type { PodIdentity } from './pod-identity.ts';

/** The pods of the cluster, found by identity. A deleted pod is found until its grace period ends: its last data arrives late. */
export class Pods {
  readonly #reader: PodReader;
  readonly #options: { readonly graceMs: number; readonly maxRemovals: number };
  readonly #clock: Clock;
  readonly #byIdentity = new Map<PodIdentity, Pod>();
  readonly #byUid = new Map<string, Pod>();
  /** Identities to remove, in the order of their times. */
  #removals: { readonly at: number; readonly identity: PodIdentity; readonly pod: Pod }[] = [];

  /** `maxRemovals`: maximum number of identities of deleted pods to keep. */
  constructor(reader: PodReader, options: { readonly graceMs: number; readonly maxRemovals: number }, clock: Clock) {
    this.#reader = reader;
    this.#options = options;
    this.#clock = clock;
  }

  get size(): number {
    return this.#byUid.size;
  }

  has(uid: string): boolean {
    return this.#byUid.has(uid);
  }

  find(identity: PodIdentity): Pod | undefined {
    if (this.#removals.length > 0) this.#removeDue();
    const pod = this.#byIdentity.get(identity);
    return pod?.isIgnored ? undefined : pod;
  }

  set(object: ApiPod): void {
    const pod = this.#reader.read(object);
    const former = this.#byUid.get(pod.uid);
    this.#byUid.set(pod.uid, pod);
    for (const identity of pod.identities) {
      // An event of an older pod can arrive after its address has a new owner.
      const other = this.#byIdentity.get(identity);
      if (other !== undefined && other.uid !== pod.uid && pod.startTime < other.startTime) continue;
      this.#byIdentity.set(identity, pod);
    }
    if (former)
      this.#removeLater(
        former,
        former.identities.filter((identity) => !pod.identities.includes(identity)),
      );
    this.#removeDue();
  }

  delete(uid: string): void {
    const pod = this.#byUid.get(uid);
    if (pod === undefined) return;
    this.#byUid.delete(uid);
    this.#removeLater(pod, pod.identities);
    this.#removeDue();
  }

  /** Removes the identities whose grace period has ended. */
  #removeDue(): void {
    const now = this.#clock.monotonic();
    const index = this.#removals.findIndex(({ at }) => at > now);
    const end = index === -1 ? this.#removals.length : index;
    const due = this.#removals.splice(0, Math.max(end, this.#removals.length - this.#options.maxRemovals));
    for (const { identity, pod } of due) if (this.#byIdentity.get(identity) === pod) this.#byIdentity.delete(identity);
  }

  #removeLater(pod: Pod, identities: readonly PodIdentity[]): void {
    const at = this.#clock.monotonic() + this.#options.graceMs;
    for (const identity of identities)
      if (this.#byIdentity.get(identity) === pod) this.#removals.push({ at, identity, pod });
  }
}
