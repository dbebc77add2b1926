// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are references of the configuration language
/**
 * Valid and invalid configurations. `ask-collector.ts` recorded the Collector's answers in `answers.json`, and `config.test.ts`
 * compares pitot with them.
 */
export interface ConfigurationCase {
  readonly name: string;
  /** Arguments. `{dir}` is the folder of the files. Defaults to `validate --config={dir}/config.yaml`. */
  readonly args?: readonly string[];
  readonly files: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

const good = `
receivers: {otlp: {protocols: {http: {endpoint: "127.0.0.1:0"}}}}
exporters: {debug: {}, prometheus: {endpoint: "127.0.0.1:0"}}
service:
  telemetry: {metrics: {level: none}}
  pipelines: {metrics: {receivers: [otlp], exporters: [debug, prometheus]}}
`;
const withReceiver = (otlp: string) => `
receivers: {otlp: ${otlp}}
exporters: {debug: {}}
service: {pipelines: {metrics: {receivers: [otlp], exporters: [debug]}}}
`;
const withHttp = (http: string) => withReceiver(`{protocols: {http: ${http}}}`);
const withExporters = (exporters: string, names = '[prometheus]') => `
receivers: {otlp: {protocols: {http: }}}
exporters: ${exporters}
service: {pipelines: {metrics: {receivers: [otlp], exporters: ${names}}}}
`;
const withPrometheus = (settings: string) => withExporters(`{prometheus: ${settings}}`);
const withDebug = (settings: string) => withExporters(`{debug: ${settings}}`, '[debug]');
const withService = (service: string) => `
receivers: {otlp: {protocols: {http: }}, otlp/b: {protocols: {grpc: }}}
processors: {batch: {}, memory_limiter: {check_interval: 1s, limit_mib: 100}}
exporters: {debug: {}, debug/b: {}}
extensions: {health_check: {}, zpages: {}}
service: ${service}
`;
const withTelemetry = (telemetry: string) =>
  withService(`{telemetry: ${telemetry}, pipelines: {metrics: {receivers: [otlp], exporters: [debug]}}}`);
const withPipelines = (pipelines: string) => withService(`{pipelines: ${pipelines}}`);
const withProcessor = (processor: string, name: string) => `
receivers: {otlp: {protocols: {http: }}}
processors: {${name}: ${processor}}
exporters: {debug: {}}
service: {pipelines: {metrics: {receivers: [otlp], processors: [${name}], exporters: [debug]}}}
`;
const withExtension = (extension: string, name: string) => `
receivers: {otlp: {protocols: {http: }}}
exporters: {debug: {}}
extensions: {${name}: ${extension}}
service: {extensions: [${name}], pipelines: {metrics: {receivers: [otlp], exporters: [debug]}}}
`;

/** Single files for `validate`. */
const files: Readonly<Record<string, string>> = {
  good,
  'empty file': '',
  'only a comment': '# nothing\n',
  'empty map': '{}',
  'a text': 'hello',
  'a number': '5',
  'a list': '- a\n- b\n',
  'broken yaml': 'receivers:\n  otlp:\n    protocols:\n  http: [\n',
  'broken yaml quote': 'receivers: "otlp\n',
  'tab indentation': 'receivers:\n\totlp:\n',
  'mapping in mapping': 'receivers: otlp: x\n',
  'duplicate key at top': 'receivers: {}\nexporters: {}\nreceivers: {}\n',
  'duplicate key below': 'receivers:\n  otlp:\n  otlp:\n',
  'unknown anchor': 'receivers: *x\n',
  'anchors and merge keys': `${good}\nextensions: {health_check: &h {endpoint: "127.0.0.1:0"}, health_check/b: {<<: *h, path: /x}}\n`,
  'number as key at top': '1: 2\n',
  'unknown top key': `${good}\nfoo: 1\nbar: 2\n`,
  'no receivers': 'exporters: {debug: }\nservice: {pipelines: {metrics: {receivers: [otlp], exporters: [debug]}}}\n',
  'no exporters':
    'receivers: {otlp: {protocols: {http: }}}\nservice: {pipelines: {metrics: {receivers: [otlp], exporters: [debug]}}}\n',
  'no service': 'receivers: {otlp: {protocols: {http: }}}\nexporters: {debug: }\n',
  'null sections': 'receivers:\nexporters:\nservice:\n',
  'receivers a list': 'receivers: [otlp]\nexporters: {debug: }\n',
  'receivers a text': 'receivers: otlp\nexporters: {debug: }\n',
  'service a text': 'receivers: {otlp: {protocols: {http: }}}\nexporters: {debug: }\nservice: x\n',
  'component a text': withExporters('{debug: x, prometheus: {endpoint: "127.0.0.1:0"}}'),
  'component a list': withExporters('{debug: [x], prometheus: {endpoint: "127.0.0.1:0"}}'),
  'component null': withDebug(''),
  'keys with colons':
    'receivers::otlp::protocols::http: {}\nexporters::debug::verbosity: normal\nservice::pipelines::metrics: {receivers: [otlp], exporters: [debug]}\n',
  'unknown receiver type': good.replace('otlp: {', 'otlq: {protocols: {http: }}, otlp: {'),
  'unknown exporter type': withExporters('{promX: {}, prometheus: {endpoint: "127.0.0.1:0"}}'),
  'unknown processor type': withProcessor('{}', 'nonesuch'),
  'unknown extension type': withExtension('{}', 'nonesuch'),
  'unknown connector type': `${good}\nconnectors: {nonesuch: {}}\n`,
  'unknown type with name': withExporters('{promX/a: {}, prometheus: {endpoint: "127.0.0.1:0"}}'),
  'id without name': withExporters('{prometheus/: {}}'),
  'id without type': withExporters('{/x: {}}'),
  'id with a blank': withExporters('{"pro metheus": {}}'),
  'id with a symbol in the name': withExporters('{"prometheus/a$$b": {}}'),
  'id with a dash': withExporters('{"prome-theus": {}}'),
  'id empty': withExporters('{"": {}}'),
  'id trimmed': withExporters('{" prometheus / a ": {endpoint: "127.0.0.1:0"}}', '["prometheus/a"]'),
  'id twice after trimming': withExporters('{"prometheus": {endpoint: "127.0.0.1:0"}, " prometheus": {}}'),
  'id of a hundred characters': withExporters(`{"${'a'.repeat(100)}": {}}`),
  'id with a slash in the name': withExporters('{"debug/a/b": {}}', '["debug/a/b"]'),
  'otlp without protocols': withReceiver('{}'),
  'otlp null': withReceiver(''),
  'otlp protocols empty': withReceiver('{protocols: {}}'),
  'otlp protocols null': withReceiver('{protocols: }'),
  'otlp http null': withHttp(''),
  'otlp http off': withHttp('{enabled: false}'),
  'otlp http enabled a text': withHttp('{enabled: "no"}'),
  'otlp http a number': withHttp('5'),
  'otlp http a text': withHttp('x'),
  'otlp unknown key': withReceiver('{protocols: {http: }, foo: 1}'),
  'otlp unknown protocol': withReceiver('{protocols: {thrift: }}'),
  'otlp http unknown key': withHttp('{foo: 1, bar: 2}'),
  'otlp grpc unknown key': withReceiver('{protocols: {grpc: {foo: 1}}}'),
  'otlp http endpoint a number': withHttp('{endpoint: 4318}'),
  'otlp http endpoint with a scheme': withHttp('{endpoint: "http://127.0.0.1:4318"}'),
  'otlp http transport unknown': withHttp('{transport: carrier-pigeon}'),
  'otlp http transport empty': withHttp('{transport: ""}'),
  'otlp http tls without certificate': withHttp('{tls: {}}'),
  'otlp http tls unknown key': withHttp('{tls: {foo: 1}}'),
  'otlp http tls min_version': withHttp('{tls: {cert_file: a, key_file: b, min_version: "1.4"}}'),
  'otlp http tls versions crossed': withHttp(
    '{tls: {cert_file: a, key_file: b, min_version: "1.3", max_version: "1.2"}}',
  ),
  'otlp http tls version a number': withHttp('{tls: {cert_file: a, key_file: b, min_version: 1.2}}'),
  'otlp http tls both file and pem': withHttp('{tls: {cert_file: a, cert_pem: b, key_file: c}}'),
  'otlp http cors unknown key': withHttp('{cors: {foo: 1}}'),
  'otlp http cors': withHttp(
    '{cors: {allowed_origins: ["https://*.example.com"], allowed_headers: [a], max_age: 7200}}',
  ),
  'otlp http body size a text': withHttp('{max_request_body_size: big}'),
  'otlp http body size a float': withHttp('{max_request_body_size: 1.5}'),
  'otlp http keep_alives a text': withHttp('{keep_alives_enabled: "yes"}'),
  'otlp http keep_alives yes': withHttp('{keep_alives_enabled: yes}'),
  'otlp http compression list as text': withHttp('{compression_algorithms: "gzip,zstd"}'),
  'otlp http url path': withHttp('{metrics_url_path: "/a/b"}'),
  'otlp http url path broken': withHttp('{metrics_url_path: "http://[::1"}'),
  'otlp http response_headers map': withHttp('{response_headers: {a: b}}'),
  'otlp http response_headers list': withHttp('{response_headers: [{name: a, value: b}]}'),
  'otlp http timeouts': withHttp('{read_timeout: 1s, write_timeout: 500ms, idle_timeout: -1s, read_header_timeout: 5}'),
  'otlp grpc settings': withReceiver('{protocols: {grpc: {endpoint: "127.0.0.1:0", max_recv_msg_size_mib: 8}}}'),
  'otlp grpc message size negative': withReceiver('{protocols: {grpc: {max_recv_msg_size_mib: -1}}}'),
  'prometheus null': withPrometheus(''),
  'prometheus without endpoint': withPrometheus('{}'),
  'prometheus blank endpoint': withPrometheus('{endpoint: "  "}'),
  'prometheus unknown keys': withPrometheus('{endpoint: "127.0.0.1:0", foo: 1, bar: 2}'),
  'prometheus near miss': withPrometheus('{endpoint: "127.0.0.1:0", metrics_expiration: 1m}'),
  'prometheus key in other case': withPrometheus('{endpoint: "127.0.0.1:0", Namespace: x}'),
  'prometheus bad strategy': withPrometheus('{endpoint: "127.0.0.1:0", translation_strategy: x}'),
  'prometheus bad strategy with name': withExporters(
    '{prometheus/a: {endpoint: "127.0.0.1:0", translation_strategy: x}}',
    '[prometheus/a]',
  ),
  'prometheus each strategy': withExporters(
    `{${['UnderscoreEscapingWithSuffixes', 'UnderscoreEscapingWithoutSuffixes', 'NoUTF8EscapingWithSuffixes', 'NoTranslation'].map((strategy, index) => `prometheus/${index}: {endpoint: "127.0.0.1:0", translation_strategy: ${strategy}}`).join(', ')}}`,
    '[prometheus/0, prometheus/1, prometheus/2, prometheus/3]',
  ),
  'prometheus namespace a number': withPrometheus('{endpoint: "127.0.0.1:0", namespace: 5}'),
  'prometheus namespace a boolean': withPrometheus('{endpoint: "127.0.0.1:0", namespace: true}'),
  'prometheus namespace a date': withPrometheus('{endpoint: "127.0.0.1:0", namespace: 2026-01-01}'),
  'prometheus namespace a float': withPrometheus('{endpoint: "127.0.0.1:0", namespace: 1.5}'),
  'prometheus namespace a list': withPrometheus('{endpoint: "127.0.0.1:0", namespace: [a]}'),
  'prometheus namespace null': withPrometheus('{endpoint: "127.0.0.1:0", namespace: }'),
  'prometheus const_labels a number': withPrometheus('{endpoint: "127.0.0.1:0", const_labels: {a: 1}}'),
  'prometheus const_labels a text': withPrometheus('{endpoint: "127.0.0.1:0", const_labels: a}'),
  'prometheus const_labels null': withPrometheus('{endpoint: "127.0.0.1:0", const_labels: }'),
  'prometheus send_timestamps a text': withPrometheus('{endpoint: "127.0.0.1:0", send_timestamps: "true"}'),
  'prometheus send_timestamps a number': withPrometheus('{endpoint: "127.0.0.1:0", send_timestamps: 1}'),
  'prometheus expiration unknown unit': withPrometheus('{endpoint: "127.0.0.1:0", metric_expiration: 5x}'),
  'prometheus expiration quoted number': withPrometheus('{endpoint: "127.0.0.1:0", metric_expiration: "5"}'),
  'prometheus expiration a number': withPrometheus('{endpoint: "127.0.0.1:0", metric_expiration: 5}'),
  'prometheus expiration a text': withPrometheus('{endpoint: "127.0.0.1:0", metric_expiration: abc}'),
  'prometheus expiration empty': withPrometheus('{endpoint: "127.0.0.1:0", metric_expiration: ""}'),
  'prometheus expiration a boolean': withPrometheus('{endpoint: "127.0.0.1:0", metric_expiration: true}'),
  'prometheus expiration a map': withPrometheus('{endpoint: "127.0.0.1:0", metric_expiration: {a: 1}}'),
  'prometheus expiration combined': withPrometheus('{endpoint: "127.0.0.1:0", metric_expiration: 1h2m3.5s}'),
  'prometheus conversion null': withPrometheus('{endpoint: "127.0.0.1:0", resource_to_telemetry_conversion: }'),
  'prometheus conversion a boolean': withPrometheus(
    '{endpoint: "127.0.0.1:0", resource_to_telemetry_conversion: true}',
  ),
  'prometheus conversion unknown key': withPrometheus(
    '{endpoint: "127.0.0.1:0", resource_to_telemetry_conversion: {enable: true}}',
  ),
  'prometheus queue empty': withPrometheus('{endpoint: "127.0.0.1:0", sending_queue: {}}'),
  'prometheus tls without certificate': withPrometheus('{endpoint: "127.0.0.1:0", tls: {}}'),
  'several errors in one component': withPrometheus('{endpoint: 1, namespace: 2, foo: 3}'),
  'errors in several sections': `${good.replace('debug: {}', 'debug: {foo: 1}')}\nextensions: {health_check: {bar: 2}}\n`,
  'several validation errors': withExporters(
    '{prometheus: {endpoint: a, translation_strategy: x}, debug: {verbosity: none}}',
    '[nope]',
  ),
  'debug verbosity': withDebug('{verbosity: Detailed}'),
  'debug verbosity none': withDebug('{verbosity: none}'),
  'debug verbosity unknown': withDebug('{verbosity: loud}'),
  'debug verbosity a number': withDebug('{verbosity: 1}'),
  'debug verbosity null': withDebug('{verbosity: }'),
  'logging exporter': withExporters('{logging: {loglevel: debug}}', '[logging]'),
  'debug verbosity true': withDebug('{verbosity: true}'),
  'debug verbosity minus one': withDebug('{verbosity: -1}'),
  'debug unknown key': withDebug('{loglevel: debug}'),
  'debug paths with internal logger': withDebug('{output_paths: [stdout]}'),
  'debug paths empty': withDebug('{use_internal_logger: false, output_paths: []}'),
  'debug queue': withDebug('{sending_queue: }'),
  'debug sampling negative': withDebug('{sampling_initial: -1}'),
  'pipeline unknown key': withPipelines('{metrics: {receivers: [otlp], exporters: [debug], foo: 1}}'),
  'pipeline unknown signal': withPipelines('{metricz: {receivers: [otlp], exporters: [debug]}}'),
  'pipeline with name': withPipelines(
    '{metrics/a: {receivers: [otlp], exporters: [debug]}, metrics/b: {receivers: [otlp/b], exporters: [debug/b]}}',
  ),
  'pipeline with empty name': withPipelines('{metrics/: {receivers: [otlp], exporters: [debug]}}'),
  'pipeline profiles': withPipelines('{profiles: {receivers: [otlp], exporters: [debug]}}'),
  'pipeline without receivers': withPipelines('{metrics: {exporters: [debug]}}'),
  'pipeline with empty receivers': withPipelines('{metrics: {receivers: [], exporters: [debug]}}'),
  'pipeline without exporters': withPipelines('{metrics: {receivers: [otlp]}}'),
  'pipeline null': withPipelines('{metrics: }'),
  'pipeline a list': withPipelines('{metrics: [otlp]}'),
  'pipeline receivers a text': withPipelines('{metrics: {receivers: otlp, exporters: [debug]}}'),
  'pipeline receiver a number': withPipelines('{metrics: {receivers: [5], exporters: [debug]}}'),
  'pipeline receiver with a bad id': withPipelines('{metrics: {receivers: ["otlp/"], exporters: [debug]}}'),
  'pipeline unknown receiver': withPipelines('{metrics: {receivers: [otlp/x], exporters: [debug]}}'),
  'pipeline unknown processor': withPipelines(
    '{metrics: {receivers: [otlp], processors: [batch/x], exporters: [debug]}}',
  ),
  'pipeline unknown exporter': withPipelines('{metrics: {receivers: [otlp], exporters: [debug/x]}}'),
  'pipeline processor twice': withPipelines(
    '{metrics: {receivers: [otlp], processors: [batch, batch], exporters: [debug]}}',
  ),
  'pipeline receiver twice': withPipelines('{metrics: {receivers: [otlp, otlp], exporters: [debug]}}'),
  'pipeline exporter twice': withPipelines('{metrics: {receivers: [otlp], exporters: [debug, debug]}}'),
  'pipelines empty': withPipelines('{}'),
  'pipelines null': withPipelines(''),
  'pipelines a list': withPipelines('[metrics]'),
  'three signals': withPipelines(
    '{metrics: {receivers: [otlp], processors: [memory_limiter, batch], exporters: [debug]}, traces: {receivers: [otlp], processors: [batch], exporters: [debug]}, logs: {receivers: [otlp, otlp/b], exporters: [debug/b]}}',
  ),
  'prometheus in traces': withExporters('{prometheus: {endpoint: "127.0.0.1:0"}}').replace('metrics:', 'traces:'),
  'service unknown key': withService('{pipelines: {metrics: {receivers: [otlp], exporters: [debug]}}, foo: 1}'),
  'extension not configured': withService(
    '{extensions: [pprof], pipelines: {metrics: {receivers: [otlp], exporters: [debug]}}}',
  ),
  'extensions a text': withService(
    '{extensions: health_check, pipelines: {metrics: {receivers: [otlp], exporters: [debug]}}}',
  ),
  'extension unknown key': withExtension('{foo: 1}', 'health_check'),
  'health_check path without slash': withExtension('{path: x}', 'health_check'),
  'zpages without endpoint': withExtension('{endpoint: ""}', 'zpages'),
  'basicauth empty': withExtension('{}', 'basicauth'),
  'basicauth both': withExtension('{htpasswd: {inline: "a:b"}, client_auth: {username: a, password: b}}', 'basicauth'),
  'bearertokenauth empty': withExtension('{}', 'bearertokenauth'),
  'bearertokenauth both': withExtension('{token: a, tokens: [b]}', 'bearertokenauth'),
  'telemetry unknown key': withTelemetry('{foo: 1}'),
  'telemetry a text': withTelemetry('x'),
  'logs level': withTelemetry('{logs: {level: WARN}}'),
  'logs level a number': withTelemetry('{logs: {level: -1}}'),
  'logs level a boolean': withTelemetry('{logs: {level: true}}'),
  'logs level unknown': withTelemetry('{logs: {level: foo}}'),
  'logs unknown key': withTelemetry('{logs: {foo: 1}}'),
  'logs full': withTelemetry(
    '{logs: {level: debug, encoding: json, development: true, disable_caller: true, disable_stacktrace: true, sampling: {enabled: false, tick: 1s, initial: 1, thereafter: 1}, output_paths: [stdout], error_output_paths: [stderr], initial_fields: {a: 1}, disable_zap_resource: true}}',
  ),
  'logs output_paths as text': withTelemetry('{logs: {output_paths: "stdout,stderr"}}'),
  'logs sampling unknown key': withTelemetry('{logs: {sampling: {foo: 1}}}'),
  'logs encoding unknown': withTelemetry('{logs: {encoding: xml}}'),
  'metrics level unknown': withTelemetry('{metrics: {level: loud}}'),
  'metrics unknown key': withTelemetry('{metrics: {foo: 1}}'),
  'metrics without readers': withTelemetry('{metrics: {level: basic, readers: []}}'),
  'metrics none without readers': withTelemetry('{metrics: {level: none, readers: []}}'),
  'metrics pull reader': withTelemetry(
    '{metrics: {level: detailed, readers: [{pull: {exporter: {prometheus: {host: 127.0.0.1, port: 0}}}}]}}',
  ),
  'metrics reader unknown key': withTelemetry('{metrics: {readers: [{push: {}}]}}'),
  'metrics reader port a text': withTelemetry(
    '{metrics: {readers: [{pull: {exporter: {prometheus: {host: 127.0.0.1, port: "8888"}}}}]}}',
  ),
  'metrics views at normal': withTelemetry('{metrics: {views: [{selector: {instrument_name: a}, stream: {name: b}}]}}'),
  'resource flat': withTelemetry('{resource: {a: b, service.name: }}'),
  'resource flat number': withTelemetry('{resource: {a: 1}}'),
  'resource attributes': withTelemetry('{resource: {attributes: [{name: a, value: b}]}}'),
  'resource both': withTelemetry('{resource: {a: b, attributes: [{name: a, value: b}]}}'),
  'traces none': withTelemetry('{traces: {level: none}}'),
  'batch settings': withProcessor('{timeout: 1s, send_batch_size: 10, send_batch_max_size: 20}', 'batch'),
  'batch max below size': withProcessor('{send_batch_size: 10, send_batch_max_size: 5}', 'batch'),
  'batch size negative': withProcessor('{send_batch_size: -1}', 'batch'),
  'batch timeout negative': withProcessor('{timeout: -1s}', 'batch'),
  'batch keys twice': withProcessor('{metadata_keys: [a, A]}', 'batch'),
  'memory_limiter empty': withProcessor('{}', 'memory_limiter'),
  'memory_limiter without limit': withProcessor('{check_interval: 1s}', 'memory_limiter'),
  'memory_limiter spike too large': withProcessor(
    '{check_interval: 1s, limit_mib: 10, spike_limit_mib: 20}',
    'memory_limiter',
  ),
  'memory_limiter percent too large': withProcessor('{check_interval: 1s, limit_percentage: 110}', 'memory_limiter'),
  'attributes without actions': withProcessor('{}', 'attributes'),
  'attributes unknown action': withProcessor('{actions: [{key: a, action: nope}]}', 'attributes'),
  'attributes without key': withProcessor('{actions: [{action: delete}]}', 'attributes'),
  'resource without attributes': withProcessor('{}', 'resource'),
  'resource upsert without value': withProcessor('{attributes: [{key: a, action: upsert}]}', 'resource'),
  'cumulativetodelta empty': withProcessor('{}', 'cumulativetodelta'),
  'deltatocumulative empty': withProcessor('{}', 'deltatocumulative'),
  'attributes insert without value': withProcessor('{actions: [{key: a, action: insert}]}', 'attributes'),
  'attributes two sources': withProcessor(
    '{actions: [{key: a, value: 1, from_attribute: b, action: insert}]}',
    'attributes',
  ),
  'attributes pattern for insert': withProcessor(
    '{actions: [{key: a, value: 1, pattern: x, action: insert}]}',
    'attributes',
  ),
  'attributes extract without pattern': withProcessor('{actions: [{key: a, action: extract}]}', 'attributes'),
  'attributes extract with a broken pattern': withProcessor(
    '{actions: [{key: a, pattern: "(", action: extract}]}',
    'attributes',
  ),
  'attributes extract without names': withProcessor(
    '{actions: [{key: a, pattern: "(x)", action: extract}]}',
    'attributes',
  ),
  'attributes convert to nothing': withProcessor('{actions: [{key: a, action: convert}]}', 'attributes'),
  'attributes convert to a date': withProcessor(
    '{actions: [{key: a, action: convert, converted_type: date}]}',
    'attributes',
  ),
  'attributes actions a map': withProcessor('{actions: {key: a}}', 'attributes'),
  'attributes action in capitals': withProcessor('{actions: [{key: a, action: DELETE}]}', 'attributes'),
  'attributes include without match_type': withProcessor(
    '{include: {metric_names: [a]}, actions: [{key: a, action: delete}]}',
    'attributes',
  ),
  'attributes include unknown match_type': withProcessor(
    '{include: {match_type: glob, metric_names: [a]}, actions: [{key: a, action: delete}]}',
    'attributes',
  ),
  'attributes include with a broken pattern': withProcessor(
    '{include: {match_type: regexp, metric_names: ["("]}, actions: [{key: a, action: delete}]}',
    'attributes',
  ),
  'resource unknown action key': withProcessor('{attributes: [{key: a, action: delete, foo: 1}]}', 'resource'),
  'resource hash': withProcessor('{attributes: [{key: a, action: hash}]}', 'resource'),
  'filter empty': withProcessor('{}', 'filter'),
  'filter datapoint': withProcessor('{metrics: {datapoint: [\'attributes["a"] == "b"\']}}', 'filter'),
  'filter broken condition': withProcessor('{metrics: {datapoint: [\'attributes["a"] ==\']}}', 'filter'),
  'filter unknown error_mode': withProcessor('{error_mode: loud, metrics: {metric: [\'name == "a"\']}}', 'filter'),
  'filter both ways': withProcessor(
    '{metrics: {metric: [\'name == "a"\'], include: {match_type: strict, metric_names: [a]}}}',
    'filter',
  ),
  'filter include without match_type': withProcessor('{metrics: {include: {metric_names: [a]}}}', 'filter'),
  'filter include': withProcessor('{metrics: {include: {match_type: regexp, metric_names: ["a.*"]}}}', 'filter'),
  'filter conditions a text': withProcessor('{metrics: {metric: \'name == "a"\'}}', 'filter'),
  'filter unknown key': withProcessor('{metrics: {points: []}}', 'filter'),
  'transform empty': withProcessor('{}', 'transform'),
  'transform statement': withProcessor(
    '{metric_statements: [{context: datapoint, statements: [\'set(attributes["a"], "b")\']}]}',
    'transform',
  ),
  'transform flat statements': withProcessor(
    '{metric_statements: [\'set(datapoint.attributes["a"], "b")\']}',
    'transform',
  ),
  'transform unknown context': withProcessor(
    '{metric_statements: [{context: point, statements: [\'set(attributes["a"], "b")\']}]}',
    'transform',
  ),
  'transform unknown key': withProcessor('{statements: []}', 'transform'),
  'transform unknown error_mode': withProcessor('{error_mode: loud}', 'transform'),
  'metricstransform empty': withProcessor('{}', 'metricstransform'),
  'metricstransform without include': withProcessor('{transforms: [{action: update}]}', 'metricstransform'),
  'metricstransform unknown action': withProcessor('{transforms: [{include: a, action: copy}]}', 'metricstransform'),
  'metricstransform insert without new_name': withProcessor(
    '{transforms: [{include: a, action: insert}]}',
    'metricstransform',
  ),
  'metricstransform rename': withProcessor(
    '{transforms: [{include: a, action: update, new_name: b}]}',
    'metricstransform',
  ),
  'metricstransform unknown match_type': withProcessor(
    '{transforms: [{include: a, match_type: glob, action: update}]}',
    'metricstransform',
  ),
  'metricstransform broken pattern': withProcessor(
    '{transforms: [{include: "(", match_type: regexp, action: update}]}',
    'metricstransform',
  ),
  'metricstransform unknown operation': withProcessor(
    '{transforms: [{include: a, action: update, operations: [{action: nope}]}]}',
    'metricstransform',
  ),
  'metrics_transform by its new name': withProcessor(
    '{transforms: [{include: a, action: update, new_name: b}]}',
    'metrics_transform',
  ),
  'cumulativetodelta include without match_type': withProcessor('{include: {metrics: [a]}}', 'cumulativetodelta'),
  'cumulativetodelta include': withProcessor(
    '{include: {match_type: strict, metrics: [a]}, max_staleness: 1h, initial_value: drop}',
    'cumulativetodelta',
  ),
  'cumulativetodelta unknown initial_value': withProcessor('{initial_value: x}', 'cumulativetodelta'),
  'cumulativetodelta unknown metric type': withProcessor('{include: {metric_types: [gauge]}}', 'cumulativetodelta'),
  'cumulativetodelta unknown key': withProcessor('{foo: 1}', 'cumulativetodelta'),
  'deltatocumulative settings': withProcessor('{max_stale: 10m, max_streams: 100}', 'deltatocumulative'),
  'deltatocumulative zero': withProcessor('{max_stale: 0}', 'deltatocumulative'),
  'deltatocumulative negative': withProcessor('{max_streams: -1}', 'deltatocumulative'),
  'memory_limiter in mebibytes': withProcessor(
    '{check_interval: 1s, limit_mib: 400, spike_limit_mib: 100, min_gc_interval_when_soft_limited: 10s, min_gc_interval_when_hard_limited: 0s}',
    'memory_limiter',
  ),
  'memory_limiter intervals crossed': withProcessor(
    '{check_interval: 1s, limit_mib: 400, min_gc_interval_when_soft_limited: 1s, min_gc_interval_when_hard_limited: 2s}',
    'memory_limiter',
  ),
  'memory_limiter spike percent too large': withProcessor(
    '{check_interval: 1s, limit_percentage: 50, spike_limit_percentage: 60}',
    'memory_limiter',
  ),
  'memory_limiter negative': withProcessor('{check_interval: 1s, limit_mib: -1}', 'memory_limiter'),
  'pprof defaults': withExtension('', 'pprof'),
  'pprof without endpoint': withExtension('{endpoint: ""}', 'pprof'),
  'pprof unknown key': withExtension('{foo: 1}', 'pprof'),
  'zpages expvar': withExtension('{endpoint: "127.0.0.1:0", expvar: {enabled: true}}', 'zpages'),
  'health_check full': withExtension(
    '{endpoint: "127.0.0.1:0", path: /health, response_body: {healthy: ok, unhealthy: no}, check_collector_pipeline: {enabled: true, interval: 5m, exporter_failure_threshold: 5}}',
    'health_check',
  ),
  'health_check use_v2': withExtension('{use_v2: true}', 'health_check'),
  'health_check http': withExtension('{http: {endpoint: "127.0.0.1:0"}}', 'health_check'),
  'health_check without endpoint': withExtension('{endpoint: ""}', 'health_check'),
  'healthcheckv2 without protocols': withExtension('{use_v2: true}', 'healthcheckv2'),
  'basicauth inline': withExtension('{htpasswd: {inline: "a:b"}}', 'basicauth'),
  'basicauth client without user': withExtension('{client_auth: {password: b}}', 'basicauth'),
  'basicauth unknown key': withExtension('{foo: 1}', 'basicauth'),
  'bearertokenauth file': withExtension('{filename: /nonexistent/token}', 'bearertokenauth'),
  'bearertokenauth unknown key': withExtension('{foo: 1}', 'bearertokenauth'),
  'file_storage missing directory': withExtension('{directory: /nonexistent/pitot}', 'file_storage'),
  'file_storage unknown key': withExtension('{directory: /tmp, foo: 1}', 'file_storage'),
  'file_storage timeout negative': withExtension('{directory: /tmp, timeout: -1s}', 'file_storage'),
  'otlp auth unknown extension': withHttp('{auth: {authenticator: nope}}'),
  'otlp auth unknown key': withHttp('{auth: {foo: 1}}'),
  'otlp auth empty': withHttp('{auth: {}}'),
  'otlp middlewares': withHttp('{middlewares: [{id: nope}]}'),
  'otlp grpc keepalive': withReceiver(
    '{protocols: {grpc: {keepalive: {server_parameters: {max_connection_age: 1m, time: 30s}, enforcement_policy: {min_time: 10s}}}}}',
  ),
  'otlp grpc keepalive unknown key': withReceiver('{protocols: {grpc: {keepalive: {foo: 1}}}}'),
  'otlp grpc buffer negative': withReceiver('{protocols: {grpc: {read_buffer_size: -1}}}'),
  'otlp grpc streams negative': withReceiver('{protocols: {grpc: {max_concurrent_streams: -1}}}'),
  'otlp grpc tls without certificate': withReceiver('{protocols: {grpc: {tls: {}}}}'),
  'otlp grpc tls versions': withReceiver('{protocols: {grpc: {tls: {cert_file: a, key_file: b, min_version: "1.9"}}}}'),
  'otlp both off': withReceiver('{protocols: {grpc: {enabled: false}, http: {enabled: false}}}'),
  'otlp http headers twice': withHttp('{response_headers: [{name: a, value: b}, {name: a, value: c}]}'),
  'otlp http headers a text': withHttp('{response_headers: a}'),
  'otlp http endpoint null': withHttp('{endpoint: }'),
  'otlp http endpoint blank': withHttp('{endpoint: " "}'),
  'variable unset': withPrometheus('{endpoint: "${env:PITOT_NOPE}:0"}'),
  'variable with default': withPrometheus('{endpoint: "${env:PITOT_NOPE:-127.0.0.1:0}"}'),
  'variable with an invalid name': withPrometheus('{endpoint: "${env:1X}"}'),
  'variable scheme unknown': withPrometheus('{endpoint: "${foo:x}"}'),
  'variable without scheme, default not allowed': withPrometheus('{endpoint: "${NOPE:-x}"}'),
  'variable with a dollar inside': withPrometheus('{endpoint: "${env:A$$B}"}'),
  'variable refers to itself': withPrometheus('{endpoint: "${env:PITOT_SELF}"}'),
  'variable as number in a text field': withPrometheus('{endpoint: "127.0.0.1:0", namespace: "${env:PITOT_NUMBER}"}'),
  'variable as number in a duration': withPrometheus(
    '{endpoint: "127.0.0.1:0", metric_expiration: "${env:PITOT_NUMBER}"}',
  ),
  'variable as map': withPrometheus('"${env:PITOT_MAP}"'),
  'variable as map inside a text': withPrometheus('{endpoint: "127.0.0.1:0", namespace: "a${env:PITOT_MAP}"}'),
  'variable empty in a boolean': withPrometheus('{endpoint: "127.0.0.1:0", send_timestamps: "${env:PITOT_EMPTY}"}'),
  'variable text in a boolean': withPrometheus('{endpoint: "127.0.0.1:0", send_timestamps: "${env:PITOT_TEXT}"}'),
  'variable list in a pipeline': withPipelines('{metrics: {receivers: "${env:PITOT_LIST}", exporters: [debug]}}'),
  'variable number in const_labels': withPrometheus(
    '{endpoint: "127.0.0.1:0", const_labels: {a: "${env:PITOT_NUMBER}"}}',
  ),
  'escaped dollar': withPrometheus('{endpoint: "127.0.0.1:0", const_labels: {a: "$${env:X} $$5"}}'),
  'file reference missing': withPrometheus('{endpoint: "${file:/nonexistent/pitot}"}'),
};

const environment = {
  PITOT_SELF: 'x${env:PITOT_SELF}',
  PITOT_NUMBER: '010',
  PITOT_MAP: '{endpoint: "127.0.0.1:0"}',
  PITOT_EMPTY: '',
  PITOT_TEXT: 'hello',
  PITOT_LIST: '[otlp]',
};

/** Cases with other command lines. */
const commands: readonly ConfigurationCase[] = [
  { name: 'no config', args: ['validate'], files: {} },
  { name: 'unknown flag', args: ['--nope'], files: {} },
  { name: 'unknown flag of validate', args: ['validate', '--nope'], files: {} },
  { name: 'unknown short flag', args: ['-x'], files: {} },
  { name: 'single dash long flag', args: ['-config=x'], files: {} },
  { name: 'unknown command', args: ['bogus'], files: {} },
  { name: 'near miss command', args: ['validat'], files: {} },
  { name: 'flag without value', args: ['--config'], files: {} },
  { name: 'validate with an argument', args: ['validate', 'x'], files: {} },
  { name: 'set without equal sign', args: ['validate', '--set', 'foo'], files: {} },
  { name: 'unknown gate', args: ['validate', '--feature-gates=foo.bar'], files: {} },
  {
    name: 'gates',
    args: ['validate', '--feature-gates=+service.AllowNoPipelines,-pdata.useProtoPooling', '--config={dir}/a'],
    files: { a: 'receivers: {otlp: {protocols: {http: }}}\n' },
  },
  {
    name: 'profiles gate',
    args: ['validate', '--feature-gates=service.AllowNoPipelines', '--config={dir}/a'],
    files: { a: '{}' },
  },
  { name: 'missing file', args: ['validate', '--config=/nonexistent/pitot.yaml'], files: {} },
  { name: 'folder', args: ['validate', '--config={dir}'], files: {} },
  { name: 'unknown scheme', args: ['validate', '--config=foo:bar'], files: {} },
  {
    name: 'yaml location',
    args: ['validate', '--config={dir}/a', '--config=yaml:exporters::debug::verbosity: loud'],
    files: { a: good },
  },
  { name: 'env location', args: ['validate', '--config=env:PITOT_CONFIG'], files: {}, env: { PITOT_CONFIG: good } },
  { name: 'env location unset', args: ['validate', '--config=env:PITOT_NOPE'], files: {} },
  { name: 'file location', args: ['validate', '--config=file:{dir}/a'], files: { a: good } },
  { name: 'config with a blank', args: ['validate', '--config', '{dir}/a'], files: { a: good } },
  {
    name: 'merged files',
    args: ['validate', '--config={dir}/a', '--config={dir}/b'],
    files: { a: good, b: 'exporters: {prometheus: {namespace: 5}}\n' },
  },
  {
    name: 'merged null',
    args: ['validate', '--config={dir}/a', '--config={dir}/b'],
    files: { a: good, b: 'exporters:\n' },
  },
  {
    name: 'merged lists replace',
    args: ['validate', '--config={dir}/a', '--config={dir}/b'],
    files: { a: good, b: 'service: {pipelines: {metrics: {exporters: []}}}\n' },
  },
  {
    name: 'merged lists append',
    args: ['validate', '--feature-gates=confmap.enableMergeAppendOption', '--config={dir}/a', '--config={dir}/b'],
    files: { a: good, b: 'service: {pipelines: {metrics: {exporters: [debug, nope]}}}\n' },
  },
  {
    name: 'empty file among others',
    args: ['validate', '--config={dir}/a', '--config={dir}/b'],
    files: { a: good, b: '' },
  },
  { name: 'set', args: ['validate', '--config={dir}/a', '--set=exporters.prometheus.namespace=5'], files: { a: good } },
  {
    name: 'set list',
    args: ['validate', '--config={dir}/a', '--set', 'service.pipelines.metrics.exporters=[nope]'],
    files: { a: good },
  },
  {
    name: 'set before config',
    args: ['validate', '--set=exporters.prometheus.foo=1', '--config={dir}/a'],
    files: { a: good },
  },
  { name: 'set broken', args: ['validate', '--config={dir}/a', '--set=a.b=[x'], files: { a: good } },
  { name: 'set only', args: ['validate', '--set=a.b=c'], files: {} },
  {
    name: 'file reference',
    args: ['validate', '--config={dir}/a'],
    files: { a: withPrometheus('"${file:{dir}/b}"'), b: 'endpoint: "127.0.0.1:0"\nfoo: 1\n' },
  },
  {
    name: 'three merged files',
    args: ['validate', '--config={dir}/a', '--config={dir}/b', '--config=yaml:exporters::prometheus::namespace: 7'],
    files: { a: good, b: 'exporters: {prometheus: {namespace: x, const_labels: {a: b}}}\n' },
  },
  {
    name: 'config from nothing that is a map',
    args: ['validate', '--config={dir}/a', '--config=yaml:5'],
    files: { a: good },
  },
  { name: 'http location that answers nothing', args: ['validate', '--config=http://127.0.0.1:1/x'], files: {} },
  {
    name: 'set with two equal signs',
    args: ['validate', '--config={dir}/a', '--set=exporters.prometheus.const_labels={a: b=c}'],
    files: { a: good },
  },
  {
    name: 'set null',
    args: ['validate', '--config={dir}/a', '--set=exporters.prometheus.metric_expiration='],
    files: { a: good },
  },
  {
    name: 'nested variables',
    args: ['validate', '--config={dir}/a'],
    files: { a: withPrometheus('{endpoint: "${env:PITOT_A:-${env:PITOT_B:-127.0.0.1:0}}", foo: 1}') },
  },
  {
    name: 'nested variables, the inner one set',
    args: ['validate', '--config={dir}/a'],
    files: { a: withPrometheus('{endpoint: "127.0.0.1:0", metric_expiration: "${env:PITOT_A:-${env:PITOT_B}}"}') },
    env: { PITOT_B: '5x' },
  },
  {
    name: 'gate list with blanks',
    args: ['validate', '--feature-gates=service.AllowNoPipelines, service.profilesSupport', '--config={dir}/a'],
    files: { a: good },
  },
  { name: 'print-config without config', args: ['print-config'], files: {} },
  {
    name: 'print-config in an unknown mode',
    args: ['print-config', '--mode=loud', '--config={dir}/a'],
    files: { a: good },
  },
  {
    name: 'print-config in an unknown format',
    args: ['print-config', '--format=xml', '--config={dir}/a'],
    files: { a: good },
  },
  { name: 'components with an argument', args: ['components', 'x'], files: {} },
  { name: 'version of a command', args: ['validate', '--version'], files: {} },
  { name: 'config twice the same', args: ['validate', '--config={dir}/a', '--config={dir}/a'], files: { a: good } },
  { name: 'two dashes', args: ['--', 'validate'], files: {} },
  { name: 'run without config', args: [], files: {} },
  {
    name: 'run with a validation error',
    args: ['--config={dir}/a'],
    files: { a: withPrometheus('{endpoint: a, translation_strategy: x}') },
  },
  {
    name: 'run with a decode error',
    args: ['--config={dir}/a'],
    files: { a: withPrometheus('{endpoint: a, foo: x}') },
  },
  {
    name: 'run with a build error',
    args: ['--config={dir}/a'],
    files: {
      a: withPrometheus('{}').replace(
        'service: {',
        'service: {telemetry: {metrics: {level: none}, logs: {level: fatal}}, ',
      ),
    },
  },
  { name: 'run empty', args: ['--config={dir}/a'], files: { a: '' } },
  {
    name: 'run with an unknown log encoding',
    args: ['--config={dir}/a'],
    files: { a: withTelemetry('{metrics: {level: none}, logs: {encoding: xml}}') },
  },
  {
    name: 'run with a bad host',
    args: ['--config={dir}/a'],
    files: {
      a: withPrometheus('{endpoint: "nope"}').replace(
        'service: {',
        'service: {telemetry: {metrics: {level: none}, logs: {level: fatal}}, ',
      ),
    },
  },
  { name: 'version', args: ['--version'], files: {} },
  { name: 'version short', args: ['-v'], files: {} },
  { name: 'featuregate one', args: ['featuregate', 'service.AllowNoPipelines'], files: {} },
  { name: 'featuregate unknown', args: ['featuregate', 'nope'], files: {} },
  { name: 'featuregate two', args: ['featuregate', 'a', 'b'], files: {} },
  {
    name: 'print-config of a broken one',
    args: ['print-config', '--config={dir}/a'],
    files: { a: withPrometheus('{foo: 1}') },
  },
  {
    name: 'print-config of an invalid one',
    args: ['print-config', '--config={dir}/a'],
    files: { a: withDebug('{verbosity: none}') },
  },
];

export const configurationCases: readonly ConfigurationCase[] = [
  ...Object.entries(files).map(([name, text]) => ({ name, files: { 'config.yaml': text }, env: environment })),
  ...commands,
];
