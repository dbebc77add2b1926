/**
 * The component types of the otelcol-contrib distribution: types that a working configuration may use although pitot does not
 * support them. Source: distributions/otelcol-contrib/manifest.yaml of opentelemetry-collector-releases and
 * reports/distributions/contrib.yaml of opentelemetry-collector-contrib, up to 0.160, with the renames and removals in the release
 * notes up to 0.165, and components of the repository that custom distributions contain.
 */
const contribComponents: Readonly<Record<ContribKind, ReadonlySet<string>>> = {
  receiver: words(`
    active_directory_ds active_directory_inv activedirectoryds activedirectoryinv aerospike apache apache_spark
    apachespark aws_cloudwatch aws_lambda awscloudwatch awscontainerinsight awscontainerinsightreceiver
    awsecscontainermetrics awsfirehose awslambda awss3 awsxray azure_blob azure_event_hub azure_monitor azureblob
    azureeventhub azuremonitor carbon chrony cisco_os ciscoos cloud_foundry cloudflare cloudfoundry collectd
    couchdb datadog docker_stats dockerstats elasticsearch envoy_als envoyals expvar faro file_log file_stats
    filelog filestats flink_metrics flinkmetrics fluent_forward fluentforward github gitlab google_cloud_spanner
    googlecloudmonitoring googlecloudpubsub googlecloudpubsubpush googlecloudspanner haproxy host_metrics hostmetrics http_check
    httpcheck icmpcheck iis influxdb jaeger journald k8s_cluster k8s_events k8s_objects k8scluster k8sevents
    k8sobjects kafka kafka_metrics kafkametrics kubelet_stats kubeletstats libhoney loki macos_unified_logging
    macosunifiedlogging memcached mongodb mongodb_atlas mongodbatlas mysql named_pipe namedpipe netflow nginx nop
    nsxt ntp obi oracledb otelarrow otlp otlp_json_file otlpjsonfile podman podman_stats podmanstats postgresql pprof
    prometheus prometheus_remote_write prometheus_simple prometheusremotewrite prometheussimple pulsar purefa
    purefb rabbitmq receiver_creator receivercreator redis riak saphana simpleprometheus skywalking snmp
    snowflake solace splunk_enterprise splunk_hec splunkenterprise splunkhec sqlquery sqlserver ssh_check sshcheck
    statsd stef syslog systemd tcp_check tcp_log tcpcheck tcplog tls_check tlscheck udp_log udplog vcenter
    webhook_event webhookevent windows_event_log windows_service windowseventlog windowsperfcounters
    windowsservice yang_grpc yanggrpc zipkin zookeeper`),
  processor: words(`
    attributes batch cardinality_guardian cardinalityguardian coralogix cumulativetodelta deltatocumulative
    deltatorate dns_lookup drain filter gen_ai_normalizer genainormalizer geoip groupbyattrs groupbytrace interval
    isolationforest k8s_attributes k8sattributes log_dedup logdedup memory_limiter memorylimiter metric_start_time
    metrics_transform metricsgeneration metricstarttime metricstransform probabilistic_sampler
    probabilisticsampler redaction remotetap resource resource_detection resourcedetection schema span spanpruning
    sumologic tail_sampling tailsampling transform unroll`),
  exporter: words(`
    alibabacloud_logservice alibabacloudlogservice awscloudwatchlogs awsemf awskinesis awss3 awsxray azure_blob
    azureblob azuredataexplorer azuremonitor bmc_helix bmchelix cassandra clickhouse coralogix datadog
    dataset debug doris elasticsearch faro file google_cloud_storage googlecloud googlecloudpubsub
    googlecloudstorage googlemanagedprometheus honeycomb_marker honeycombmarker influxdb jaeger kafka
    load_balancing loadbalancing logging logicmonitor logzio mezmo nop opencensus opensearch otelarrow otlp
    otlp_grpc otlp_http otlphttp prometheus prometheus_remote_write prometheusremotewrite pulsar rabbitmq sentry
    signalfx splunk_hec splunkhec stef sumologic syslog tencentcloud_logservice tencentcloudlogservice tinybird
    zipkin`),
  connector: words(`
    count datadog exceptions failover forward grafanacloud otlp_json otlpjson round_robin roundrobin routing
    service_graph servicegraph signal_to_metrics signaltometrics span_metrics spanmetrics sum`),
  extension: words(`
    ack asapauth asapclient avro_log_encoding aws_logs_encoding awscloudwatchmetricstreams_encoding
    awscloudwatchmetricstreamsencoding awsiamdbauth awslogsencoding awsproxy azure_auth azure_encoding azureauth
    azureencoding basic_auth basicauth bearer_token_auth bearertokenauth cgroup_runtime cgroupruntime datadog
    db_storage dbstorage docker_observer dockerobserver ecs_observer ecs_task_observer ecsobserver file_storage filestorage
    google_cloud_logentry_encoding googleclientauth googlecloudlogentryencoding headers_setter headerssetter
    health_check healthcheck healthcheckv2 host_observer hostobserver http_forwarder httpforwarder jaeger_encoding
    jaegerencoding jaegerremotesampling json_log_encoding jsonlogencoding k8s_leader_elector k8s_observer
    k8sleaderelector k8sobserver memory_ballast oauth2client
    oauth2clientauth oidc oidcauth opamp otlp_encoding otlpencoding pebble_tail_storage pebbletailstorage pprof
    redis_storage redisstorage sd_notify sigv4auth skywalking_encoding skywalkingencoding sumologic text_encoding
    textencoding zipkin_encoding zipkinencoding zpages`),
};

type ContribKind = 'receiver' | 'processor' | 'exporter' | 'connector' | 'extension';

/**
 * Returns whether otelcol-contrib has a component type. Underscores do not count: each release renames some types to
 * snake_case, such as `deltatorate` to `delta_to_rate`, and accepts both spellings.
 */
export function isContribComponent(kind: ContribKind, type: string): boolean {
  return contribComponents[kind].has(withoutUnderscores(type));
}

function withoutUnderscores(type: string): string {
  return type.replaceAll('_', '');
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/).map(withoutUnderscores));
}
