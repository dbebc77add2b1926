/** Up to this number of members, a linear search is faster and smaller than a table. */
const maxListed = 16;
const smallestTable = 64;
/** Table size from which members move to a larger table in steps: all at once would take 50 ms for a million. */
const largeTable = 65_536;
/** Slots of the former table that are moved with each new member: a few microseconds. */
const slotsPerStep = 64;

/** The table before the last growth, while members are moved. Moved members remain in it, and removed ones leave their hash. */
interface Former<Member> {
  readonly members: (Member | undefined)[];
  readonly hashes: Int32Array;
  /** Slots before it are moved. */
  next: number;
}

/**
 * A set whose members are found by a key and its hash. Uses open addressing. Hashes are stored next to the members, so
 * that an unsuccessful lookup accesses no member: a third of the memory of a Map, and twice as fast if most lookups are
 * unsuccessful (bench/micro/append.bench.ts).
 */
export abstract class HashTable<Member extends object, Key> {
  size = 0;
  /** Without hashes: a list. With hashes: the size is a power of two, and up to two thirds are in use. */
  #members: (Member | undefined)[] = [];
  #hashes: Int32Array | undefined;
  #former: Former<Member> | undefined;

  /** Returns a constant hash that is not 0. */
  protected abstract hashOf(member: Member): number;

  protected abstract matches(member: Member, key: Key): boolean;

  find(hash: number, key: Key): Member | undefined {
    const members = this.#members;
    const hashes = this.#hashes;
    if (hashes === undefined) {
      for (let i = 0; i < members.length; i++) {
        const member = members[i]!;
        if (this.matches(member, key)) return member;
      }
      return undefined;
    }
    const mask = hashes.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const known = hashes[slot];
      if (known === 0) return this.#former === undefined ? undefined : this.#findFormer(this.#former, hash, key);
      if (known === hash && this.matches(members[slot]!, key)) return members[slot];
    }
  }

  /** Adds a member that is not in the set. */
  add(member: Member): void {
    this.size += 1;
    if (this.#hashes === undefined && this.size <= maxListed) {
      this.#members.push(member);
      return;
    }
    if (this.#hashes === undefined || this.size * 3 > this.#hashes.length * 2) this.#grow();
    this.#insert(member, this.hashOf(member));
    if (this.#former !== undefined) this.#move(this.#former, slotsPerStep);
  }

  /** Removes a member of the set. */
  remove(member: Member): void {
    this.size -= 1;
    if (this.#hashes === undefined) {
      const last = this.#members.pop();
      if (last !== member) this.#members[this.#members.indexOf(member)] = last;
    } else if (this.size === 0) {
      this.#members = [];
      this.#hashes = undefined;
      this.#former = undefined;
    } else if (this.#former === undefined || !this.#removeUnmoved(this.#former, member)) {
      this.#removeFrom(this.#hashes, member);
    }
  }

  /** In no particular order. Members can be removed afterwards, but not during the iteration. */
  *[Symbol.iterator](): Generator<Member, void> {
    for (const member of this.#members) {
      if (member !== undefined) yield member;
    }
    const former = this.#former;
    for (let slot = former?.next ?? 0; slot < (former?.members.length ?? 0); slot++) {
      const member = former!.members[slot];
      if (member !== undefined) yield member;
    }
  }

  #findFormer({ members, hashes }: Former<Member>, hash: number, key: Key): Member | undefined {
    const mask = hashes.length - 1;
    for (let slot = hash & mask; hashes[slot] !== 0; slot = (slot + 1) & mask) {
      const member = members[slot];
      if (hashes[slot] === hash && member !== undefined && this.matches(member, key)) return member;
    }
    return undefined;
  }

  /** Removes a member from the former table. Returns whether it was only there. */
  #removeUnmoved({ members, hashes, next }: Former<Member>, member: Member): boolean {
    const mask = hashes.length - 1;
    for (let slot = this.hashOf(member) & mask; hashes[slot] !== 0; slot = (slot + 1) & mask) {
      if (members[slot] !== member) continue;
      members[slot] = undefined;
      return slot >= next;
    }
    return false;
  }

  #move(former: Former<Member>, slots: number): void {
    const { members, hashes } = former;
    const end = Math.min(former.next + slots, members.length);
    for (; former.next < end; former.next++) {
      const member = members[former.next];
      if (member !== undefined) this.#insert(member, hashes[former.next]!);
    }
    if (end === members.length) this.#former = undefined;
  }

  #removeFrom(hashes: Int32Array, member: Member): void {
    const members = this.#members;
    const mask = hashes.length - 1;
    let hole = this.hashOf(member) & mask;
    while (members[hole] !== member) hole = (hole + 1) & mask;
    // Moves following members of the same run up if possible, because no lookup may end at a hole before its member.
    for (let next = (hole + 1) & mask; hashes[next] !== 0; next = (next + 1) & mask) {
      const distance = (next - (hashes[next]! & mask)) & mask;
      if (distance < ((next - hole) & mask)) continue;
      members[hole] = members[next];
      hashes[hole] = hashes[next]!;
      hole = next;
    }
    members[hole] = undefined;
    hashes[hole] = 0;
  }

  #insert(member: Member, hash: number): void {
    const hashes = this.#hashes!;
    const mask = hashes.length - 1;
    let slot = hash & mask;
    while (hashes[slot] !== 0) slot = (slot + 1) & mask;
    hashes[slot] = hash;
    this.#members[slot] = member;
  }

  #grow(): void {
    if (this.#former !== undefined) this.#move(this.#former, this.#former.members.length);
    const members = this.#members;
    const hashes = this.#hashes;
    const length = hashes === undefined ? smallestTable : hashes.length * 2;
    this.#members = new Array<Member | undefined>(length).fill(undefined);
    this.#hashes = new Int32Array(length);
    if (hashes !== undefined && hashes.length >= largeTable) {
      this.#former = { members, hashes, next: 0 };
      return;
    }
    for (let i = 0; i < members.length; i++) {
      const member = members[i];
      if (member !== undefined) this.#insert(member, hashes?.[i] ?? this.hashOf(member));
    }
  }
}
