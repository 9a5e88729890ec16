package io.gramian.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the records refuse, and what they add up to. */
class RecordsTest {

  private static final NormSpec NORM = new NormSpec("norm", RandomBlocks.HIDDEN, 1e-5);

  @Test
  void queryHeadsThatKvHeadsCannotShareAreRefused() {
    assertThatThrownBy(() -> new HeadLayout(8, 3, 16))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "8 query heads cannot share 3 KV heads evenly: num_attention_heads must be a multiple"
                + " of num_key_value_heads");
    assertThatThrownBy(() -> new HeadLayout(2, 4, 16))
        .hasMessageContaining("2 query heads cannot share 4 KV heads");
  }

  @Test
  void headSizesThatAreNotPositiveAreRefused() {
    assertThatThrownBy(() -> new HeadLayout(0, 1, 16))
        .isInstanceOf(UserException.class)
        .hasMessage("num_attention_heads is 0: it must be at least 1");
    assertThatThrownBy(() -> new HeadLayout(2, -1, 16))
        .hasMessage("num_key_value_heads is -1: it must be at least 1");
    assertThatThrownBy(() -> new HeadLayout(1 << 16, 1, 1 << 15))
        .hasMessage(
            "num_attention_heads 65536 times head_dim 32768 is more channels than a tensor can have");
    assertThatThrownBy(() -> new HeadLayout(2, 1, 0))
        .hasMessage("head_dim is 0: it must be at least 1");
  }

  @Test
  void anAttentionWhoseMapsDoNotFitItsHeadsIsRefused() {
    Attention attention = (Attention) RandomBlocks.attention(new HeadLayout(6, 2, 8), 8).mixer();

    assertThatThrownBy(
            () ->
                new Attention(
                    attention.query(),
                    attention.query(),
                    attention.value(),
                    attention.output(),
                    attention.layout(),
                    null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("rows of q.weight: 48 instead of 16");
    assertThatThrownBy(() -> attention.withRope(rope(10)))
        .hasMessage("10 rotary channels in a head of 8");
    assertThatThrownBy(() -> attention.withRope(rope(4).withPairOrders(List.of(List.of(1, 0)))))
        .hasMessage("pair orders: 1 instead of 2");
  }

  @Test
  void aPairOrderThatIsNoPermutationIsRefused() {
    assertThatThrownBy(() -> rope(4).withPairOrders(List.of(List.of(0, 1), List.of(1, 1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("pair order of KV head 1 lists unit 1 twice");
  }

  @Test
  void aRopeOfOddSizeOrWithTooFewFrequenciesIsRefused() {
    assertThatThrownBy(() -> new Rope(3, List.of(1.0), 1.0, List.of()))
        .hasMessage("rotary size 3 is not even and positive");
    assertThatThrownBy(() -> new Rope(4, List.of(1.0), 1.0, List.of()))
        .hasMessage("1 frequencies for 2 pairs");
  }

  @Test
  void anMlpOfTwoWidthsIsRefused() {
    assertThatThrownBy(
            () ->
                new Mlp(
                    null,
                    new LinearSpec("up", null, 5, 3),
                    new LinearSpec("down", null, 3, 6),
                    Activation.SILU))
        .hasMessage("up has 5 rows, but gate or down another width");
  }

  @Test
  void aBlockOutOfItsPlaceIsRefused() {
    assertThatThrownBy(() -> decoder(List.of(RandomBlocks.mlp(5)), "head"))
        .hasMessage("block 7 stands at position 0");
  }

  @Test
  void aDecoderListsEveryTensorOnceWithItsShape() {
    ResidualBlock block = new ResidualBlock(0, 0, NORM, RandomBlocks.mlp(5).mixer());

    assertThat(decoder(List.of(block), "head").tensors())
        .containsExactly(
            TensorShape.of("embedding", 97, 13),
            TensorShape.of("norm", 13),
            TensorShape.of("gate.weight", 5, 13),
            TensorShape.of("gate.bias", 5),
            TensorShape.of("up.weight", 5, 13),
            TensorShape.of("up.bias", 5),
            TensorShape.of("down.weight", 13, 5),
            TensorShape.of("down.bias", 13),
            TensorShape.of("final", 13),
            TensorShape.of("head", 97, 13));
  }

  @Test
  void aTiedTableCountsOnce() {
    ResidualBlock block = new ResidualBlock(0, 0, NORM, RandomBlocks.mlp(5).mixer());
    long blockParameters = 13 + 3L * 5 * 13 + 5 + 5 + 13;

    assertThat(block.parameterCount()).isEqualTo(blockParameters);
    assertThat(decoder(List.of(block), "embedding").tied()).isTrue();
    assertThat(decoder(List.of(block), "embedding").parameterCount())
        .isEqualTo(97L * 13 + blockParameters + 13);
    assertThat(decoder(List.of(block), "head").parameterCount())
        .isEqualTo(2 * 97L * 13 + blockParameters + 13);
  }

  @Test
  void aDecoderSurvivesTheWayToAnExecutor() throws Exception {
    ResidualBlock attention =
        new ResidualBlock(0, 0, NORM, RandomBlocks.attention(new HeadLayout(6, 2, 8), 8).mixer());
    ResidualBlock stateSpace =
        new ResidualBlock(
            1, 0, NORM, RandomBlocks.mamba2(new ScanLayout(4, 5, 2, 3, 1, 16)).mixer());
    DecoderSpec spec = decoder(List.of(attention, stateSpace), "head");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(spec);
      out.writeObject(CouplingGroups.of(attention));
    }

    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(in.readObject()).isEqualTo(spec);
      assertThat(in.readObject()).isEqualTo(CouplingGroups.of(attention));
    }
  }

  private static Rope rope(int size) {
    List<Double> frequencies = Collections.nCopies(size / 2, 0.5);
    return new Rope(size, frequencies, 1.0, List.of());
  }

  private static DecoderSpec decoder(List<ResidualBlock> blocks, String head) {
    return new DecoderSpec(
        "test",
        RandomBlocks.HIDDEN,
        97,
        "embedding",
        blocks,
        new NormSpec("final", RandomBlocks.HIDDEN, 1e-5),
        head);
  }
}
