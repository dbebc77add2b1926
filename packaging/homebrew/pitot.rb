# Formula of pitot. scripts/release/manifests.ts replaces the names between @ signs.
class Pitot < Formula
  desc "OTLP metrics from Apache Airflow in, Prometheus out, with accurate counters"
  homepage "https://github.com/@REPOSITORY@"
  url "https://github.com/@REPOSITORY@/releases/download/v@VERSION@/pitot-@VERSION@.tgz"
  sha256 "@SHA256_TGZ@"
  license "Apache-2.0"

  depends_on "node"

  def install
    system "npm", "install", *std_npm_args
    bin.install_symlink libexec.glob("bin/*")
    (etc/"pitot").mkpath
    (etc/"pitot").install libexec/"lib/node_modules/pitot/dist/config.yaml" unless (etc/"pitot/config.yaml").exist?
  end

  service do
    run [opt_bin/"pitot", "--config=#{etc}/pitot/config.yaml"]
    keep_alive true
    environment_variables PATH: std_service_path_env
    log_path var/"log/pitot.log"
    error_log_path var/"log/pitot.log"
  end

  test do
    assert_equal "pitot version #{version}", shell_output("#{bin}/pitot --version").strip
    system bin/"pitot", "validate", "--config=#{etc}/pitot/config.yaml"
  end
end
