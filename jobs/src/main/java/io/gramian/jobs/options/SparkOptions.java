package io.gramian.jobs.options;

import io.gramian.checkpoint.UserException;
import io.gramian.spark.session.GramianSession;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Option;

/**
 * {@code --master}, {@code --conf} and {@code --properties-file}, which stand before the verb.
 *
 * <p>The first two arrive here when the process is a plain JVM. Under {@code spark-submit} the
 * launcher hands them to {@code spark-submit} instead, which has to know them before the driver
 * starts. The file is the launcher's in either case, since the driver's heap may stand in it; it
 * arrives here when Gramian is started without the launcher.
 */
public final class SparkOptions {

  @Option(
      names = "--master",
      paramLabel = "URL",
      description = {
        "Where Spark runs: local[*] is this machine with all its cores (the default), local[2]"
            + " two of them, spark://HOST:PORT, yarn or k8s://URL a cluster."
      })
  private Optional<String> master;

  @Option(
      names = "--properties-file",
      paramLabel = "FILE",
      description = {
        "Spark settings instead of conf/spark-defaults.conf, one a line, such as"
            + " conf/clusters/yarn.conf; --conf wins over them."
      })
  private Optional<Path> file;

  @Option(
      names = "--conf",
      paramLabel = "KEY=VALUE",
      description = "A Spark setting, such as spark.driver.memory=8g. May be repeated.")
  private Map<String, String> settings = new LinkedHashMap<>();

  /** Whether the command line has any of them. */
  public boolean isGiven() {
    return master.isPresent() || !settings.isEmpty();
  }

  /**
   * Opens the Spark session with these options.
   *
   * @throws UserException if the master is none
   */
  public SparkSession open(String applicationName) {
    Map<String, String> all = all();
    try {
      return GramianSession.open(applicationName, all);
    } catch (Exception e) {
      if (isUnknownMaster(e)) {
        throw unknownMaster(all.get("spark.master"), e);
      }
      throw e;
    }
  }

  /** What the session would be opened with; nothing starts. */
  public SparkConf settings(String applicationName) {
    return GramianSession.configure(new SparkConf(), applicationName, all());
  }

  private Map<String, String> all() {
    Map<String, String> all = new LinkedHashMap<>();
    file.ifPresent(given -> all.putAll(settings(given)));
    all.putAll(settings);
    master.ifPresent(url -> all.put("spark.master", url));
    return all;
  }

  /**
   * The settings of a file as {@code spark-submit} reads it: Java properties, of which those count
   * that begin with {@code spark.}.
   *
   * @throws UserException if it cannot be read
   */
  public static Map<String, String> settings(Path file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new UserException(
          "no file of settings at "
              + file
              + " ("
              + e
              + "): give one of conf/clusters, or one of yours",
          e);
    }
    Map<String, String> settings = new LinkedHashMap<>();
    for (String key : properties.stringPropertyNames()) {
      if (key.startsWith("spark.")) {
        settings.put(key, properties.getProperty(key).strip());
      }
    }
    return settings;
  }

  private static boolean isUnknownMaster(Exception e) {
    return String.valueOf(e.getMessage()).contains("Could not parse Master URL");
  }

  private static UserException unknownMaster(String master, Exception cause) {
    return new UserException(
        "%s is not a Spark master: use local[*], local[N], spark://HOST:PORT, yarn or k8s://URL"
            .formatted(master),
        cause);
  }
}
