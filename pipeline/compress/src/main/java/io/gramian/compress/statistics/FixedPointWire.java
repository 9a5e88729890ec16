package io.gramian.compress.statistics;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;

/**
 * A {@link FixedPointSum} on its way from one task to another.
 *
 * <p>In memory an element takes 16 bytes, so that sums may grow to {@code 2^70}. Where all of a
 * vector are below {@code 2^35} in size (3.4e10), as a task's share nearly always is, 10 hold the
 * same words: the low one's 52 bits and 28 of the high one. The size depends on nothing else, so
 * what a job will move can be told before it runs: {@link #NARROW_BYTES} an element.
 */
final class FixedPointWire implements Serializable {

  private static final long serialVersionUID = 1L;

  /** Bytes an element takes, unless a sum of its vector is 3.4e10 or larger. */
  static final int NARROW_BYTES = 10;

  private static final int LOW_BITS = 52;
  private static final long LOW_MASK = (1L << LOW_BITS) - 1;

  /** Bits of the high word that share eight bytes with the low one. */
  private static final int SHARED_BITS = Long.SIZE - LOW_BITS;

  private static final int NARROW_HIGH_BITS = SHARED_BITS + Short.SIZE;

  /** Elements that are written at a time. */
  private static final int CHUNK = 4096;

  private transient long[] high;
  private transient long[] low;

  /** Holds the words, which are not copied. */
  FixedPointWire(long[] high, long[] low) {
    this.high = high;
    this.low = low;
  }

  private void writeObject(ObjectOutputStream out) throws IOException {
    boolean narrow = isNarrow();
    out.writeInt(high.length);
    out.writeBoolean(narrow);
    ByteBuffer buffer = ByteBuffer.allocate(CHUNK * bytes(narrow));
    for (int from = 0; from < high.length; from += CHUNK) {
      buffer.clear();
      for (int i = from; i < Math.min(from + CHUNK, high.length); i++) {
        put(buffer, i, narrow);
      }
      out.write(buffer.array(), 0, buffer.position());
    }
  }

  private boolean isNarrow() {
    long limit = 1L << (NARROW_HIGH_BITS - 1);
    for (long word : high) {
      if (word < -limit || word >= limit) {
        return false;
      }
    }
    return true;
  }

  private static int bytes(boolean narrow) {
    return narrow ? NARROW_BYTES : 2 * Long.BYTES;
  }

  private void put(ByteBuffer buffer, int i, boolean narrow) {
    if (narrow) {
      buffer.putLong(high[i] << LOW_BITS | low[i]).putShort((short) (high[i] >> SHARED_BITS));
    } else {
      buffer.putLong(high[i]).putLong(low[i]);
    }
  }

  private void readObject(ObjectInputStream in) throws IOException {
    int length = in.readInt();
    boolean narrow = in.readBoolean();
    high = new long[length];
    low = new long[length];
    ByteBuffer buffer = ByteBuffer.allocate(CHUNK * bytes(narrow));
    for (int from = 0; from < length; from += CHUNK) {
      int count = Math.min(CHUNK, length - from);
      buffer.clear();
      in.readFully(buffer.array(), 0, count * bytes(narrow));
      for (int i = from; i < from + count; i++) {
        get(buffer, i, narrow);
      }
    }
  }

  private void get(ByteBuffer buffer, int i, boolean narrow) {
    long first = buffer.getLong();
    if (narrow) {
      low[i] = first & LOW_MASK;
      high[i] = (long) buffer.getShort() << SHARED_BITS | first >>> LOW_BITS;
    } else {
      high[i] = first;
      low[i] = buffer.getLong();
    }
  }

  private Object readResolve() {
    return FixedPointSum.owning(high, low);
  }
}
