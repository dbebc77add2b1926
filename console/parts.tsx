import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ago, count, exact } from './format.ts';

const shapes: Readonly<Record<string, string>> = { ok: '●', waiting: '◌', warning: '▲', error: '■', info: '○' };

/** A state as shape, color, and word. */
export function State({ level, children }: { level: string; children?: ComponentChildren }) {
  return (
    <span class={`state ${level}`}>
      <span aria-hidden="true">{shapes[level] ?? '○'}</span> {children ?? level}
    </span>
  );
}

export function Ago({ at, now }: { at: number | null | undefined; now: number }) {
  return (
    <time dateTime={at ? new Date(at).toISOString() : undefined} title={exact(at)}>
      {ago(at, now)}
    </time>
  );
}

export function Fact({
  title,
  value,
  note,
  href,
}: {
  title: string;
  value: ComponentChildren;
  note?: ComponentChildren;
  href?: string;
}) {
  return (
    <div class="fact">
      <dt>{title}</dt>
      <dd>
        {href ? (
          <a href={href} aria-label={typeof value === 'string' ? `${title}: ${value}` : undefined}>
            {value}
          </a>
        ) : (
          value
        )}
        {note ? <small>{note}</small> : null}
      </dd>
    </div>
  );
}

export function Panel({
  title,
  aside,
  children,
}: {
  title: string;
  aside?: ComponentChildren;
  children: ComponentChildren;
}) {
  return (
    <section class="panel">
      <header>
        <h2>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}

export function Failure({ error }: { error: string }) {
  return error === '' ? null : (
    <p class="failure" role="alert">
      <State level="error">{error}</State>
    </p>
  );
}

/** A number that leads to what it is made of. */
export function Count({ value, href }: { value: number | null; href: string }) {
  return value ? <a href={href}>{count(value)}</a> : <span>{count(value)}</span>;
}

/**
 * Selects and copies an element. A page that is neither local nor encrypted has no clipboard, and copies its selection
 * instead; if the browser refuses this too, the selection remains for Ctrl+C.
 */
async function copied(element: HTMLElement): Promise<boolean> {
  getSelection()?.selectAllChildren(element);
  const { clipboard } = navigator as { readonly clipboard?: Clipboard };
  const isWritten = await clipboard?.writeText(element.textContent ?? '').then(
    () => true,
    () => false,
  );
  return isWritten || document.execCommand('copy');
}

/** Text to copy, with a button that needs no permission from the user. */
export function Copy({ text }: { text: string }) {
  const [result, setResult] = useState('');
  const place = useRef<HTMLPreElement>(null);
  const copy = async () => {
    setResult((await copied(place.current!)) ? 'Copied' : 'Selected: press Ctrl+C');
    setTimeout(() => setResult(''), 2_000);
  };
  return (
    <div class="copy">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a block that scrolls must be reachable by keyboard */}
      <pre ref={place} tabIndex={0}>
        {text}
      </pre>
      <button type="button" onClick={copy}>
        {result || 'Copy'}
      </button>
    </div>
  );
}

/** A filter that `/` focuses. */
export function Filter({
  value,
  onChange,
  label,
}: {
  value: string;
  onChange: (value: string) => void;
  label: string;
}) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      const isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test((event.target as HTMLElement).tagName);
      if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      input.current?.focus();
    };
    addEventListener('keydown', focus);
    return () => removeEventListener('keydown', focus);
  }, []);
  return (
    <input
      ref={input}
      class="filter"
      type="search"
      value={value}
      placeholder={`${label}  ( / )`}
      aria-label={label}
      onInput={(event) => onChange(event.currentTarget.value)}
    />
  );
}
