package io.gramian.edge;

import io.gramian.edge.team.WorkerTeam;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** How fast this machine streams mapped memory. */
final class Ceilings {

  private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
  private static final int VECTOR = I.vectorByteSize();

  private Ceilings() {}

  /** Bytes a second at which a team reads {@code bytes} once, each member a stretch of its own. */
  static double streaming(WorkerTeam team, ByteBuffer bytes, int rounds) {
    double best = 0;
    int[] sums = new int[team.size() * 16];
    for (int round = 0; round < rounds; round++) {
      long start = System.nanoTime();
      team.run(
          worker -> {
            int vectors = bytes.limit() / (4 * VECTOR);
            int from = worker.share().from(vectors) * 4 * VECTOR;
            int to = worker.share().to(vectors) * 4 * VECTOR;
            sums[worker.index() * 16] = sum(bytes, from, to);
          });
      best = Math.max(best, bytes.limit() / ((System.nanoTime() - start) * 1e-9));
    }
    if (Arrays.stream(sums).sum() == 42) {
      System.out.println();
    }
    return best;
  }

  private static int sum(ByteBuffer bytes, int from, int to) {
    IntVector a = IntVector.zero(I);
    IntVector b = IntVector.zero(I);
    for (int at = from; at < to; at += 4 * VECTOR) {
      a = a.add(IntVector.fromByteBuffer(I, bytes, at, ByteOrder.LITTLE_ENDIAN));
      b = b.add(IntVector.fromByteBuffer(I, bytes, at + VECTOR, ByteOrder.LITTLE_ENDIAN));
      a = a.add(IntVector.fromByteBuffer(I, bytes, at + 2 * VECTOR, ByteOrder.LITTLE_ENDIAN));
      b = b.add(IntVector.fromByteBuffer(I, bytes, at + 3 * VECTOR, ByteOrder.LITTLE_ENDIAN));
    }
    return a.add(b).reduceLanes(VectorOperators.ADD);
  }
}
