using System.Linq;
using ModelCompiler.Tests.Harness;
using Samples.CharGpt;
using Samples.CharLstm;
using Samples.Digits;

namespace ModelCompiler.Tests.Samples;

/// <summary>The samples' generated code computes what their bodies compute as ordinary C#.</summary>
public sealed class SampleModelTests
{
    static readonly AdamW Adam = new(learningRate: 1e-3f);

    [Fact]
    public void CharGpt_HasTheEagerLossGradientsAndLogits()
    {
        const int Batch = 2, Time = 9;
        int[] ids = Draw.Tokens(Batch * Time, CharGpt.Vocab), targets = Draw.Tokens(Batch * Time, CharGpt.Vocab, stream: 3);
        using var trainer = CharGpt.CreateTrainer(Device.Cpu, Adam, seed: 7);
        var eager = new CharGpt();
        EagerEqualsCompiled.Gradients(trainer, () => trainer.ComputeGradients(ids, targets, Batch, Time), eager,
            () => eager.Loss(new(ids, Batch, Time), new(targets, Batch, Time)), zeroBySymmetry: "key.bias");
        using var session = trainer.CreateSession();
        var logits = new float[Batch * Time * CharGpt.Vocab];
        session.Logits(ids, logits, Batch, Time);
        EagerEqualsCompiled.Close("logits", eager.Logits(new(ids, Batch, Time)).Data, logits);
    }

    [Fact]
    public void Lstm_HasTheEagerLossAndGradients()
    {
        const int Batch = 2, Time = 7;
        int[] ids = Draw.Tokens(Batch * Time, CharLstm.Vocab), targets = Draw.Tokens(Batch * Time, CharLstm.Vocab, stream: 3);
        using var trainer = CharLstm.CreateTrainer(Device.Cpu, Adam, seed: 7);
        var eager = new CharLstm();
        EagerEqualsCompiled.Gradients(trainer, () => trainer.ComputeGradients(ids, targets, Batch, Time), eager,
            () => eager.Loss(new(ids, Batch, Time), new(targets, Batch, Time)));
    }

    [Fact]
    public void Digits_HasTheEagerLossAndGradients()
    {
        float[] x = [.. Draw.Reals(DigitClassifier.Batch * DigitClassifier.Pixels).Select(v => (v + 1) / 2)];
        int[] labels = Draw.Tokens(DigitClassifier.Batch, 10);
        using var trainer = DigitClassifier.CreateTrainer(Device.Cpu, Adam, seed: 7);
        var eager = new DigitClassifier();
        EagerEqualsCompiled.Gradients(trainer, () => trainer.ComputeGradients(x, labels), eager,
            () => eager.Loss(new(x, DigitClassifier.Batch, DigitClassifier.Pixels), new(labels, DigitClassifier.Batch)));
    }

    [Fact]
    public void DigitConvNet_HasTheEagerScores()
    {
        const int Images = 3;
        float[] x = [.. Draw.Reals(Images * DigitClassifier.Pixels).Select(v => (v + 1) / 2)];
        using var trainer = DigitConvNet.CreateTrainer(Device.Cpu, Adam, seed: 7);
        var eager = new DigitConvNet();
        Eager.Initialize(eager, 7);
        using var session = trainer.CreateSession();
        var logits = new float[Images * DigitClassifier.Classes];
        session.Logits(x, logits);
        EagerEqualsCompiled.Close("logits", eager.Logits(new(x, Images, DigitClassifier.Pixels)).Data, logits);
    }
}
