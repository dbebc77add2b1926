/** Types of postject, which contains none. */
declare module 'postject' {
  /** Adds a resource to an executable file and sets the fuse that makes Node.js load it. */
  export function inject(
    filename: string,
    resourceName: string,
    resourceData: Buffer,
    options: { readonly sentinelFuse: string },
  ): Promise<void>;
}
