package io.gramian.checkpoint;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Immutable, sorted copies of the values that JSON and YAML know. */
final class PlainValues {

  private PlainValues() {}

  /** A sorted copy without nulls. */
  static Map<String, String> sorted(Map<String, String> map) {
    return Collections.unmodifiableSortedMap(new TreeMap<>(Map.copyOf(map)));
  }

  /**
   * A deep copy: maps sorted by key, integers as Long, other numbers as Double, so that a value
   * equals what comes back from a file.
   *
   * @throws IllegalArgumentException if a value is of a kind that JSON does not know
   */
  static Map<String, Object> copy(Map<?, ?> map) {
    Map<String, Object> copy = new TreeMap<>();
    map.forEach((key, value) -> copy.put(String.valueOf(key), copyValue(value)));
    return Collections.unmodifiableMap(copy);
  }

  private static Object copyValue(Object value) {
    if (value instanceof Map<?, ?> map) {
      return copy(map);
    }
    if (value instanceof List<?> list) {
      List<Object> copy = new ArrayList<>();
      list.forEach(element -> copy.add(copyValue(element)));
      return Collections.unmodifiableList(copy);
    }
    if (value instanceof Integer || value instanceof Long) {
      return ((Number) value).longValue();
    }
    if (value instanceof Number number) {
      return Double.valueOf(number.toString());
    }
    if (value == null || value instanceof String || value instanceof Boolean) {
      return value;
    }
    throw new IllegalArgumentException(
        String.format(
            Locale.ROOT, "%s is of %s, which JSON does not know", value, value.getClass()));
  }
}
