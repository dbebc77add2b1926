import { stringify } from 'yaml';

/** An address on which a configured pitot listens. */
export interface ConfiguredListener {
  readonly purpose: 'otlp' | 'metrics' | 'own_metrics' | 'other';
  /** Empty: every interface. */
  readonly host: string;
  readonly port: number;
  readonly hasTls: boolean;
}

/** Facts about a configuration from which files for other programs follow. */
export interface ConfigurationFacts {
  readonly listeners: readonly ConfiguredListener[];
  /** URL of the health check inside the container; undefined if there is none. */
  readonly healthUrl: string | undefined;
  /** Directories of the storage extensions. */
  readonly directories: readonly string[];
  /** Absolute paths of the configuration files; empty for the built-in configuration. */
  readonly files: readonly string[];
}

const yaml = (value: object) => stringify(value, { nullStr: '', aliasDuplicateObjects: false, lineWidth: 0 });

const isLocal = ({ host }: ConfiguredListener) => host === 'localhost' || host === '127.0.0.1' || host === '::1';

function of(facts: ConfigurationFacts, purpose: ConfiguredListener['purpose']): readonly ConfiguredListener[] {
  return facts.listeners.filter((listener) => listener.purpose === purpose);
}

/** Comments about ports that a Prometheus on another host cannot reach. */
function localPortNotes(listeners: readonly ConfiguredListener[]): string {
  return listeners
    .filter(isLocal)
    .map(
      ({ port }) => `# Port ${port} listens on this host only. For a Prometheus elsewhere, let it listen on 0.0.0.0.\n`,
    )
    .join('');
}

/** `scrape_configs` of Prometheus. `host`: name under which Prometheus reaches pitot. */
export function scrapeConfig(facts: ConfigurationFacts, host: string): string {
  const name = host.includes(':') ? `[${host}]` : host;
  const job = (jobName: string, { port, hasTls, purpose }: ConfiguredListener) => ({
    job_name: jobName,
    ...(purpose === 'metrics' && { honor_labels: true }),
    ...(hasTls && { scheme: 'https' }),
    static_configs: [{ targets: [`${name}:${port}`] }],
  });
  const metrics = of(facts, 'metrics');
  const own = of(facts, 'own_metrics');
  const jobs = [
    ...metrics.map((listener, i) => job(i === 0 ? 'airflow' : `airflow-${i + 1}`, listener)),
    ...own.map((listener, i) => job(i === 0 ? 'pitot' : `pitot-${i + 1}`, listener)),
  ];
  return `${localPortNotes([...metrics, ...own])}${yaml({ scrape_configs: jobs })}`;
}

/** A ServiceMonitor of the Prometheus Operator. `selector`: labels of the Service. */
export function serviceMonitor(facts: ConfigurationFacts, selector: Readonly<Record<string, string>>): string {
  const endpoint = ({ port, hasTls, purpose }: ConfiguredListener) => ({
    targetPort: port,
    path: '/metrics',
    ...(purpose === 'metrics' && { honorLabels: true }),
    ...(hasTls && { scheme: 'https' }),
  });
  const scraped = [...of(facts, 'metrics'), ...of(facts, 'own_metrics')];
  const monitor = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    metadata: { name: 'pitot', labels: selector },
    spec: { selector: { matchLabels: selector }, endpoints: scraped.map(endpoint) },
  };
  return `${localPortNotes(scraped)}${yaml(monitor)}`;
}

/** A Compose file that runs pitot with this configuration. */
export function composeFile(facts: ConfigurationFacts): string {
  const mounts = facts.files.map((file, i) => ({
    file,
    inside: `/etc/pitot/${i === 0 ? 'config' : `config-${i + 1}`}.yaml`,
  }));
  const ports = [...new Set(facts.listeners.map(({ port }) => port))].sort((a, b) => a - b);
  // The built-in configuration of the image keeps its totals here.
  const directories = facts.files.length === 0 ? ['/var/lib/pitot'] : facts.directories;
  const volumes = directories.map((directory, i) => ({ name: i === 0 ? 'pitot' : `pitot-${i + 1}`, directory }));
  const service = {
    // Compose replaces the variable.
    image: '${PITOT_IMAGE:?set PITOT_IMAGE to the image of pitot}',
    restart: 'unless-stopped',
    read_only: true,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    tmpfs: ['/tmp'],
    ...(mounts.length > 0 && { command: mounts.map(({ inside }) => `--config=${inside}`) }),
    ports: ports.map((port) => `127.0.0.1:${port}:${port}`),
    volumes: [
      ...mounts.map(({ file, inside }) => `${file}:${inside}:ro`),
      ...volumes.map(({ name, directory }) => `${name}:${directory}`),
    ],
    ...(facts.healthUrl !== undefined && {
      healthcheck: { test: ['CMD', '/pitot', 'healthcheck', facts.healthUrl], interval: '10s', timeout: '6s' },
    }),
  };
  const local = facts.listeners.filter(isLocal);
  const notes = local.map(
    ({ port }) => `# Port ${port} listens on localhost in the container: let it listen on 0.0.0.0 to publish it.\n`,
  );
  const file = {
    services: { pitot: service },
    ...(volumes.length > 0 && { volumes: Object.fromEntries(volumes.map(({ name }) => [name, null])) }),
  };
  return `${notes.join('')}${yaml(file)}`;
}

/** A systemd unit that runs pitot with this configuration. */
export function systemdUnit(facts: ConfigurationFacts, executable: string): string {
  const options = facts.files.map((file) => `--config=${file}`).join(' ');
  const start = `${executable} ${options}`.trim();
  const isBuiltIn = facts.files.length === 0;
  const directories = isBuiltIn ? ['/var/lib/pitot'] : facts.directories;
  const state = directories.flatMap((directory) => /^\/var\/lib\/([\w.-]+)\/?$/.exec(directory)?.[1] ?? []);
  const others = directories.filter((directory) => !/^\/var\/lib\/[\w.-]+\/?$/.test(directory));
  return `[Unit]
Description=pitot, OTLP metrics in, Prometheus out
Wants=network-online.target
After=network-online.target

[Service]
# pitot reports its start through systemd-notify, which is a process of its own.
Type=notify
NotifyAccess=all
DynamicUser=yes
${isBuiltIn ? 'Environment=PITOT_STATE_DIR=/var/lib/pitot\n' : ''}ExecStart=${start}
# A configuration with an error stops the reload with its message; pitot continues with the previous one.
ExecReload=${executable} validate ${options}
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=5
# pitot stops within 25 seconds.
TimeoutStopSec=30
${state.length > 0 ? `StateDirectory=${state.join(' ')}\nStateDirectoryMode=0750\n` : ''}${others.map((directory) => `ReadWritePaths=${directory}\n`).join('')}NoNewPrivileges=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectHome=read-only
ProtectSystem=strict
ProtectKernelTunables=yes
ProtectControlGroups=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_NETLINK AF_UNIX
SystemCallArchitectures=native

[Install]
WantedBy=multi-user.target
`.replace(/ +$/gm, '');
}
