package sender_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/prometheus/compliance/remotewrite/sender"
)

// Configuration of the bridge: it scrapes the target of the suite and sends what it gets to pitot.
const bridgeConfig = `
receivers:
  prometheus:
    config:
      global: {scrape_interval: 1s, scrape_timeout: 1s}
      scrape_configs:
        - job_name: %q
          scrape_protocols: [PrometheusProto, OpenMetricsText1.0.0, PrometheusText0.0.4]
          static_configs: [{targets: [%q]}]
exporters:
  otlp_http: {endpoint: "http://%s", tls: {insecure: true}}
service:
  telemetry: {metrics: {level: none}}
  pipelines: {metrics: {receivers: [prometheus], exporters: [otlp_http]}}
`

// Configuration of the program under test: it sends what it gets to the receiver of the suite.
const senderConfig = `
receivers:
  otlp: {protocols: {http: {endpoint: %q}}}
exporters:
  prometheus_remote_write: {endpoint: %q, protobuf_message: %q, tls: {insecure: true}}
service:
  telemetry: {metrics: {level: none}}
  pipelines: {metrics: {receivers: [otlp], exporters: [prometheus_remote_write]}}
`

// A sender that takes OTLP (the command SENDER) behind a bridge that scrapes (the program BRIDGE).
type otlpSender struct{}

func (otlpSender) Name() string { return "otlp" }

func (otlpSender) Run(ctx context.Context, options sender.Options) error {
	address, err := freeAddress()
	if err != nil {
		return err
	}
	directory, err := os.MkdirTemp("", "compliance-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(directory)
	configs := map[string]string{
		"bridge.yaml": fmt.Sprintf(bridgeConfig, options.ScrapeTargetJobName, options.ScrapeTargetHostPort, address),
		"sender.yaml": fmt.Sprintf(senderConfig, address, options.RemoteWriteEndpointURL, options.RemoteWriteMessage),
	}
	for name, text := range configs {
		if err := os.WriteFile(filepath.Join(directory, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	// If one of the two programs ends, the other must not wait for it.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	bridgeEnded := make(chan error, 1)
	go func() {
		defer cancel()
		bridgeEnded <- sender.RunCommand(ctx, ".", nil, os.Getenv("BRIDGE"), "--config="+filepath.Join(directory, "bridge.yaml"))
	}()
	err = sender.RunCommand(ctx, ".", nil, "sh", "-c", "exec "+os.Getenv("SENDER")+" --config="+filepath.Join(directory, "sender.yaml"))
	cancel()
	if bridgeError := <-bridgeEnded; bridgeError != nil {
		return fmt.Errorf("bridge: %w", bridgeError)
	}
	return err
}

func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}

func TestOTLP(t *testing.T) { sender.RunTests(t, otlpSender{}, sender.ComplianceTests()) }
