package io.gramian.spark.run;

import io.gramian.checkpoint.Checksum;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

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

  /** What differs from an earlier recipe of the same phase, for people. */
  String differencesFrom(Map<String, String> before) {
    TreeSet<String> names = new TreeSet<>(before.keySet());
    names.addAll(values.keySet());
    return names.stream()
        .filter(name -> !Objects.equals(before.get(name), values.get(name)))
        .map(name -> name + " was " + brief(before.get(name)) + ", is " + brief(values.get(name)))
        .collect(Collectors.joining("; "));
  }

  /** Checksums are told apart by their first digits. */
  static String brief(String value) {
    return value != null && value.matches("[0-9a-f]{64}") ? value.substring(0, 12) : value;
  }

  /** Digests of text. */
  static final class Sha256 {

    private Sha256() {}

    static String of(String text) {
      return Checksum.of(text.getBytes(StandardCharsets.UTF_8)).sha256();
    }
  }
}
