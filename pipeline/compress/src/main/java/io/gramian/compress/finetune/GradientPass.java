package io.gramian.compress.finetune;

import io.gramian.compress.forward.BlockForward;
import io.gramian.compress.forward.SiteRecorder;
import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;

/**
 * Forward and backward through a stack of blocks, for one batch, one block's graph at a time: the
 * forward pass keeps every block's input only; the backward pass, from the last block to the first,
 * computes each block again and goes back through it.
 *
 * <p>The last blocks may keep their graphs instead, and are then not computed again; the gradients
 * are the same to the bit.
 *
 * <p>Memory: {@code blocks * B T h} numbers, the kept graphs, and one block's graph. Costs a
 * forward more than keeping all graphs.
 */
final class GradientPass {

  private final List<BlockForward> blocks;
  private final int firstKept;
  private final List<Stage> stages = new ArrayList<>();

  /**
   * A block's place in the pass.
   *
   * @param input a leaf
   * @param output with its graph, if that is kept
   */
  private record Stage(Tensor input, Optional<Tensor> output) {}

  /** A pass that computes every block again. */
  GradientPass(List<BlockForward> blocks) {
    this(blocks, 0);
  }

  /**
   * Prepares a pass; its tensors belong to the scopes that enclose its calls.
   *
   * @param kept how many of the last blocks keep their graphs
   */
  GradientPass(List<BlockForward> blocks, int kept) {
    this.blocks = blocks;
    this.firstKept = blocks.size() - kept;
  }

  /** The output of the last block, detached. */
  Tensor forward(Tensor x) {
    Tensor state = x;
    for (int i = 0; i < blocks.size(); i++) {
      BlockForward block = blocks.get(i);
      Tensor input = state.detach().requires_grad_(i > 0);
      if (i < firstKept) {
        state = withoutGraph(() -> block.apply(input, SiteRecorder.NONE));
        stages.add(new Stage(input, Optional.empty()));
      } else {
        state = block.apply(input, SiteRecorder.NONE);
        stages.add(new Stage(input, Optional.of(state)));
      }
    }
    return state.detach();
  }

  /**
   * Adds to the gradients of all leaves that the blocks read. Once after {@link #forward}.
   *
   * @param gradient with respect to what that returned
   */
  void backward(Tensor gradient) {
    Tensor g = gradient;
    for (int i = blocks.size() - 1; i >= 0; i--) {
      Tensor after = g;
      BlockForward block = blocks.get(i);
      Stage stage = stages.get(i);
      g = Scopes.keep(() -> backward(block, stage, after));
    }
  }

  private static Tensor backward(BlockForward block, Stage stage, Tensor gradient) {
    Tensor output = stage.output().orElseGet(() -> block.apply(stage.input(), SiteRecorder.NONE));
    Tensors.backward(output, gradient);
    return stage.input().grad();
  }

  /** The output of the last block, without a graph, in the enclosing scope. */
  Tensor last(Tensor x) {
    return withoutGraph(
        () -> {
          Tensor state = x;
          for (BlockForward block : blocks) {
            state = block.apply(state, SiteRecorder.NONE);
          }
          return state;
        });
  }

  private static Tensor withoutGraph(Supplier<Tensor> body) {
    return Scopes.keep(
        () -> {
          AutoGradMode mode = new AutoGradMode(false);
          Tensor result = body.get();
          mode.deallocate();
          return result;
        });
  }
}
