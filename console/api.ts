import { useEffect, useState } from 'preact/hooks';

/** Reads a path of the API. Addresses are relative, so that the page works below any path. */
async function read<Result>(path: string): Promise<Result> {
  const response = await fetch(`api/v1/${path}`);
  const body = (await response.json().catch(() => ({}))) as Result & { error?: string };
  if (!response.ok) throw new Error(body.error ?? `status ${response.status}`);
  return body;
}

export interface Loaded<Result> {
  /** The latest answer, which stays while a newer one is read. */
  readonly data: Result | undefined;
  readonly error: string;
}

/** Reads a path now and every `periodMs` while the page is visible; 0: once. */
export function useApi<Result>(path: string | undefined, periodMs = 0): Loaded<Result> {
  const [loaded, setLoaded] = useState<Loaded<Result> & { path?: string | undefined }>({ data: undefined, error: '' });
  useEffect(() => {
    if (path === undefined) return undefined;
    let isCurrent = true;
    const load = () => {
      if (document.hidden && periodMs > 0) return;
      read<Result>(path).then(
        (data) => isCurrent && setLoaded({ data, error: '', path }),
        (error: Error) =>
          isCurrent &&
          setLoaded((before) => ({ data: before.path === path ? before.data : undefined, error: error.message, path })),
      );
    };
    load();
    const timer = periodMs > 0 ? setInterval(load, periodMs) : undefined;
    return () => {
      isCurrent = false;
      clearInterval(timer);
    };
  }, [path, periodMs]);
  return loaded;
}

/** The text, once nobody has typed for a moment. */
export function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), 200);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
