package io.gramian.jobs;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints: Gramian's version, and that of the Spark it is built for. */
final class VersionNumbers implements IVersionProvider {

  @Override
  public String[] getVersion() {
    Properties numbers = new Properties();
    try (InputStream in = VersionNumbers.class.getResourceAsStream("version.properties")) {
      numbers.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new String[] {
      "gramian " + numbers.getProperty("gramian"),
      "Spark " + numbers.getProperty("spark") + ", Java " + System.getProperty("java.version")
    };
  }
}
