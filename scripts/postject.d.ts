/** postject has no types of its own. */
declare module 'postject' {
  /** Adds a resource to an executable file, in place, and flips the fuse that tells Node.js to look for it. */
  export function inject(
    filename: string,
    resourceName: string,
    resourceData: Buffer,
    options: { readonly sentinelFuse: string },
  ): Promise<void>;
}
