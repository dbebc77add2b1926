/** `[registry/]path[:tag][@digest]` of a container image. A registry has a dot, a colon, or is `localhost`. */
const image =
  /^((?:[\w.-]+(?::\d+)?\/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*)(?::([\w][\w.-]{0,127}))?(?:@([A-Za-z][\w+.-]*:[0-9a-fA-F]{32,}))?$/;

interface ImageName {
  /** Without tag and digest. */
  readonly repository: string;
  /** `latest` if the name has none. */
  readonly tag: string;
  /** Tag, `tag@digest`, or digest. Undefined if the name has neither. */
  readonly version: string | undefined;
}

/** Returns the parts of an image name. Undefined if it is not one. */
export function parseImageName(name: string): ImageName | undefined {
  // A longer name is invalid, and matching it would take long.
  if (name.length > 1024) return undefined;
  const [, repository, tag, digest] = image.exec(name) ?? [];
  if (repository === undefined) return undefined;
  const version = [tag, digest].filter((part) => part !== undefined).join('@');
  return { repository, tag: tag ?? 'latest', version: version === '' ? undefined : version };
}

/** Returns the full name of an image with a digest, as `docker.io/library/nginx@sha256:…`. Undefined without a digest. */
export function repoDigest(imageId: string): string | undefined {
  const parsed = parseImageName(imageId.replace(/^[a-z-]+:\/\//, ''));
  if (!parsed?.version?.includes(':')) return undefined;
  const { repository, version } = parsed;
  const [first = '', ...rest] = repository.split('/');
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const full = hasRegistry ? repository : `docker.io/${rest.length === 0 ? 'library/' : ''}${repository}`;
  return `${full}${version.includes('@') ? ':' : '@'}${version}`;
}
