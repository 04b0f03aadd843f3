using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Runtime.Training;

/// <summary>What the small GPT is trained on here, at its largest dims: tokens, and others to predict from them.</summary>
public static class GptData
{
    public const int B = 4, T = 12, Vocabulary = 17;

    public static int[] Ids { get; } = Draw.Tokens(B * T, Vocabulary);

    public static int[] Targets { get; } = Draw.Tokens(B * T, Vocabulary, stream: 3);

    public static AdamW Adam => new(learningRate: 1e-3f);

    public static Sgd Sgd => new(learningRate: 0.05f, momentum: 0.9f);
}
