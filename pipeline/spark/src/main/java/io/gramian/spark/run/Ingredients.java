package io.gramian.spark.run;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything that determines a phase's outputs: options, checksums of inputs, fingerprints of the
 * phases it builds on. Not what only determines how fast it runs.
 *
 * @param phase name of the phase
 * @param values sorted by name
 */
record Ingredients(String phase, SortedMap<String, String> values) {

  Ingredients {
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
  }

  static Ingredients of(String phase, Map<String, String> values) {
    return new Ingredients(phase, new TreeMap<>(values));
  }

  /** SHA-256 of phase and values. */
  String fingerprint() {
    StringBuilder text = new StringBuilder(phase);
    values.forEach((name, value) -> text.append('\n').append(name).append('=').append(value));
    return Sha256.of(text.toString());
  }

  /** Digests of text. */
  static final class Sha256 {

    private Sha256() {}

    static String of(String text) {
      try {
        byte[] digest =
            MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest);
      } catch (NoSuchAlgorithmException e) {
        throw new AssertionError("every Java platform has SHA-256", e);
      }
    }
  }
}
