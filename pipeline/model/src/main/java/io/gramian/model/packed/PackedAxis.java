package io.gramian.model.packed;

import io.gramian.model.BlockWidths;
import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;

/**
 * An axis of a packed tensor: runs one after the other.
 *
 * @param runs in ascending order of channels, without gaps
 */
public record PackedAxis(List<PackedRun> runs) implements Serializable {

  private static final long serialVersionUID = 1L;

  public PackedAxis {
    runs = List.copyOf(runs);
  }

  /** An axis that no width shortens. */
  public static PackedAxis fixed(int channels) {
    return new PackedAxis(List.of(new PackedRun(0, channels, 1, null, 0)));
  }

  /** Channels of the axis. */
  public int channels() {
    return runs.stream().mapToInt(PackedRun::channels).sum();
  }

  /** The channel of the checkpoint's tensor that stands at each place of the packed one. */
  public int[] sources() {
    return runs.stream()
        .flatMapToInt(
            run ->
                IntStream.range(0, run.channels())
                    .map(
                        i ->
                            run.first()
                                + i / run.channelsPerUnit()
                                + i % run.channelsPerUnit() * run.units()))
        .toArray();
  }

  /** Channels that {@code widths} keep of every run. */
  public List<Integer> kept(BlockWidths widths) {
    return runs.stream().map(run -> run.kept(widths)).toList();
  }

  /** The places that {@code widths} keep: a prefix of every run. */
  public int[] places(BlockWidths widths) {
    return runs.stream()
        .flatMapToInt(run -> IntStream.range(run.first(), run.first() + run.kept(widths)))
        .toArray();
  }
}
