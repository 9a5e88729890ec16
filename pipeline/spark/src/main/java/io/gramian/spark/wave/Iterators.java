package io.gramian.spark.wave;

import java.util.Iterator;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Spark hands tasks an iterator; a lazy stream reads better. */
final class Iterators {

  private Iterators() {}

  /** A sequential stream that pulls one element at a time. */
  static <T> Stream<T> stream(Iterator<T> iterator) {
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(iterator, Spliterator.ORDERED | Spliterator.NONNULL),
        false);
  }
}
