package io.gramian.model;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The coupling groups of a state space mixer with {@code H} heads of {@code P} channels and {@code
 * G} groups of {@code N} states. A unit is a channel in both.
 *
 * <ul>
 *   <li>B-C, per group {@code g}: rows (and biases) of the input map at {@code 2 H P + g N} and
 *       {@code 2 H P + G N + g N}, channels of the convolution (and its bias) at {@code H P + g N}
 *       and {@code H P + G N + g N}. The heads only ever see {@code C h}, a sum over states.
 *   <li>z-x-out, per head {@code j}: rows (and biases) of the input map at {@code j P} for z and
 *       {@code H P + j P} for x, channels of the convolution (and its bias) at {@code j P}, the
 *       gated norm's weight and the output map's columns at {@code j P}. The norm's mean is over
 *       whole heads, so an order within one leaves it as it is.
 * </ul>
 *
 * <p>Rows of dt, decay, skip and step bias belong to a head as a whole and stay.
 */
final class Mamba2Groups {

  private Mamba2Groups() {}

  /** First B-C of every group, then z-x-out of every head. */
  static List<CoupledUnits> of(ResidualBlock block, Mamba2 mamba2) {
    ScanLayout layout = mamba2.layout();
    return Stream.concat(
            IntStream.range(0, layout.groups())
                .mapToObj(g -> states(CouplingGroups.group(block, Coupling.B_C, g), mamba2)),
            IntStream.range(0, layout.heads())
                .mapToObj(j -> channels(CouplingGroups.group(block, Coupling.Z_X_OUT, j), mamba2)))
        .toList();
  }

  private static CoupledUnits states(CouplingGroup group, Mamba2 mamba2) {
    ScanLayout layout = mamba2.layout();
    List<UnitSegment> segments = List.of(new UnitSegment(Unit.CHANNEL, 0, layout.stateSize(), 1));
    int b = layout.innerSize() + group.head() * layout.stateSize();
    int c = b + layout.stateWidth();
    List<CoupledAxis> axes = new ArrayList<>();
    for (int channel : new int[] {b, c}) {
      axes.addAll(CouplingGroups.rows(mamba2.input(), layout.innerSize() + channel, segments));
      axes.addAll(channels(mamba2.convolution(), channel, segments));
    }
    return new CoupledUnits(group, segments, axes);
  }

  private static CoupledUnits channels(CouplingGroup group, Mamba2 mamba2) {
    ScanLayout layout = mamba2.layout();
    List<UnitSegment> segments = List.of(new UnitSegment(Unit.CHANNEL, 0, layout.headSize(), 1));
    int first = group.head() * layout.headSize();
    List<CoupledAxis> axes = new ArrayList<>();
    axes.addAll(CouplingGroups.rows(mamba2.input(), first, segments));
    axes.addAll(CouplingGroups.rows(mamba2.input(), layout.innerSize() + first, segments));
    axes.addAll(channels(mamba2.convolution(), first, segments));
    axes.add(new CoupledAxis(mamba2.gatedNorm().weight(), 0, first, segments));
    axes.add(new CoupledAxis(mamba2.output().weight(), 1, first, segments));
    return new CoupledUnits(group, segments, axes);
  }

  private static List<CoupledAxis> channels(
      Convolution convolution, int offset, List<UnitSegment> segments) {
    return Stream.concat(Stream.of(convolution.weight()), convolution.biasName().stream())
        .map(tensor -> new CoupledAxis(tensor, 0, offset, segments))
        .toList();
  }
}
