package io.gramian.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CouplingGroupsTest {

  @Test
  void anMlpIsOneGroupOfRowsOfGateAndUpAndColumnsOfDown() {
    List<CoupledUnits> groups = CouplingGroups.of(RandomBlocks.mlp(207));

    assertThat(groups).hasSize(1);
    assertThat(groups.get(0).group()).isEqualTo(new CouplingGroup(7, 3, "mlp", Coupling.MLP, 0));
    assertThat(groups.get(0).unit()).isEqualTo(Unit.CHANNEL);
    assertThat(groups.get(0).units()).isEqualTo(207);
    assertThat(axes(groups.get(0)))
        .containsExactly(
            "gate.weight 0 at 0",
            "gate.bias 0 at 0",
            "up.weight 0 at 0",
            "up.bias 0 at 0",
            "down.weight 1 at 0");
  }

  @Test
  void anMlpWithoutGateOrBiasesHasTwoAxes() {
    LinearSpec up = new LinearSpec("up", null, 5, 3);
    LinearSpec down = new LinearSpec("down", "down.bias", 3, 5);
    ResidualBlock block =
        new ResidualBlock(
            0, 0, new NormSpec("norm", 3, 1e-5), new Mlp(null, up, down, Activation.RELU_SQUARED));

    assertThat(axes(CouplingGroups.of(block).get(0))).containsExactly("up 0 at 0", "down 1 at 0");
  }

  @Test
  void attentionHasTwoGroupsPerKvHeadAndQueryHeadsShareTheOrder() {
    List<CoupledUnits> groups =
        CouplingGroups.of(RandomBlocks.attention(new HeadLayout(6, 2, 4), 4));

    assertThat(groups)
        .extracting(units -> units.group().coupling().label() + " " + units.group().head())
        .containsExactly("query-key 0", "query-key 1", "value-output 0", "value-output 1");
    assertThat(groups)
        .extracting(CoupledUnits::unit)
        .containsExactly(
            Unit.ROPE_PAIR, Unit.ROPE_PAIR, Unit.ROTATED_CHANNEL, Unit.ROTATED_CHANNEL);
    assertThat(groups).extracting(CoupledUnits::units).containsExactly(2, 2, 4, 4);
    assertThat(axes(groups.get(1)))
        .containsExactly(
            "k.weight 0 at 4",
            "k.bias 0 at 4",
            "q.weight 0 at 12",
            "q.bias 0 at 12",
            "q.weight 0 at 16",
            "q.bias 0 at 16",
            "q.weight 0 at 20",
            "q.bias 0 at 20");
    assertThat(axes(groups.get(3)))
        .containsExactly(
            "v.weight 0 at 4",
            "v.bias 0 at 4",
            "o.weight 1 at 12",
            "o.weight 1 at 16",
            "o.weight 1 at 20");
  }

  @Test
  void aStateSpaceMixerHasOneGroupPerSsmGroupAndOnePerHead() {
    ScanLayout layout = new ScanLayout(4, 5, 2, 3, 1, 16);
    List<CoupledUnits> groups = CouplingGroups.of(RandomBlocks.mamba2(layout));

    assertThat(groups)
        .extracting(units -> units.group().coupling().label() + " " + units.group().head())
        .containsExactly("b-c 0", "b-c 1", "z-x-out 0", "z-x-out 1", "z-x-out 2", "z-x-out 3");
    assertThat(groups).extracting(CoupledUnits::unit).containsOnly(Unit.CHANNEL);
    assertThat(groups).extracting(CoupledUnits::units).containsExactly(3, 3, 5, 5, 5, 5);
    assertThat(groups.get(1).group()).isEqualTo(new CouplingGroup(5, 2, "mamba2", Coupling.B_C, 1));
    assertThat(axes(groups.get(1)))
        .as("2 H P + N and 2 H P + G N + N of the input, H P less of the convolution")
        .containsExactly(
            "in.weight 0 at 43",
            "in.bias 0 at 43",
            "conv.weight 0 at 23",
            "conv.bias 0 at 23",
            "in.weight 0 at 49",
            "in.bias 0 at 49",
            "conv.weight 0 at 29",
            "conv.bias 0 at 29");
    assertThat(axes(groups.get(5)))
        .containsExactly(
            "in.weight 0 at 15",
            "in.bias 0 at 15",
            "in.weight 0 at 35",
            "in.bias 0 at 35",
            "conv.weight 0 at 15",
            "conv.bias 0 at 15",
            "gated 0 at 15",
            "out.weight 1 at 15");
  }

  @Test
  void groupsSayWhatTheyNumber() {
    assertThat(new CouplingGroup(5, 2, "mamba2", Coupling.B_C, 1).label())
        .isEqualTo("block 5 (layer 2) b-c of group 1");
    assertThat(new CouplingGroup(5, 2, "mamba2", Coupling.Z_X_OUT, 3).label())
        .isEqualTo("block 5 (layer 2) z-x-out of head 3");
  }

  @Test
  void pairsStayHalfSplitWhenReorderedAndWhenCut() {
    CoupledAxis key = keyOfSecondHead(8, 8);

    assertThat(key.sources(List.of(2, 0, 3, 1))).containsExactly(10, 8, 11, 9, 14, 12, 15, 13);
    assertThat(key.sources(List.of(2, 0))).containsExactly(10, 8, 14, 12);
  }

  @Test
  void channelsThatDoNotRotateAreASecondSegment() {
    CoupledAxis key = keyOfSecondHead(8, 4);

    assertThat(key.units()).isEqualTo(2 + 4);
    assertThat(key.sources(List.of(5, 1, 2, 0, 4, 3)))
        .as("pairs 1, 0 in half-split form, then channels 3, 0, 2, 1 of the rest")
        .containsExactly(9, 8, 11, 10, 15, 12, 14, 13);
    assertThat(key.sources(List.of(5, 1))).containsExactly(9, 11, 15);
  }

  @Test
  void withoutRotaryEmbeddingEveryChannelIsAUnit() {
    CoupledUnits units =
        CouplingGroups.of(RandomBlocks.attention(new HeadLayout(2, 1, 3), 0)).get(0);

    assertThat(units.unit()).isEqualTo(Unit.CHANNEL);
    assertThat(units.axes().get(0).sources(List.of(1, 2, 0))).containsExactly(1, 2, 0);
  }

  @Test
  void aUnitThatComesTwiceOrDoesNotExistIsRefused() {
    CoupledAxis key = keyOfSecondHead(8, 8);

    assertThatThrownBy(() -> key.sources(List.of(1, 1)))
        .hasMessage("k.weight: unit 1 comes twice or is not one of 4");
    assertThatThrownBy(() -> key.sources(List.of(4)))
        .hasMessage("k.weight: unit 4 comes twice or is not one of 4");
  }

  @Test
  void aGroupOfAnotherBlockIsRefused() {
    CouplingGroup stranger = new CouplingGroup(9, 4, "mlp", Coupling.MLP, 0);

    assertThatThrownBy(
            () -> AxisSources.of(RandomBlocks.mlp(5), Map.of(stranger, List.of(0, 1, 2, 3, 4))))
        .hasMessageContaining("the block has no CouplingGroup[blockIndex=9");
  }

  private static CoupledAxis keyOfSecondHead(int headSize, int rotary) {
    return CouplingGroups.of(RandomBlocks.attention(new HeadLayout(2, 2, headSize), rotary))
        .get(1)
        .axes()
        .get(0);
  }

  private static List<String> axes(CoupledUnits units) {
    return units.axes().stream()
        .map(axis -> axis.tensor() + " " + axis.axis() + " at " + axis.offset())
        .collect(Collectors.toList());
  }
}
