using System.Linq;
using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.Models;

namespace ModelCompiler.Tests.Numerics;

/// <summary>Layers that alternate, or differ at the ends, are loops over groups of them, with the numbers and names of the eager run.</summary>
public sealed class GroupedLayersTests
{
    const int Rows = 7;

    static readonly AdamW Adam = new(learningRate: 1e-3f);

    [Fact]
    public void Alternating_HasTheEagerGradients()
    {
        float[] x = Draw.Reals(Rows * 6);
        using var trainer = Alternating.CreateTrainer(Device.Cpu, Adam, seed: 7);
        var eager = new Alternating();
        EagerEqualsCompiled.Gradients(trainer, () => trainer.ComputeGradients(x), eager, () => eager.Loss(new(x, Rows, 6)));
        Assert.Equal(["layers.0+2*.mix.weight", "layers.0+2*.mix.bias", "layers.1+2*.mix.weight", "layers.1+2*.mix.bias",
            "layers.1+2*.gate.weight", "layers.1+2*.gate.bias", "layers.4.mix.weight", "layers.4.mix.bias"],
            Alternating.Layout.Parameters.Select(p => p.Name));
    }

    [Fact]
    public void PeeledEnds_HaveTheEagerGradients()
    {
        float[] x = Draw.Reals(Rows * 6);
        using var trainer = PeeledEnds.CreateTrainer(Device.Cpu, Adam, seed: 7);
        var eager = new PeeledEnds();
        EagerEqualsCompiled.Gradients(trainer, () => trainer.ComputeGradients(x), eager, () => eager.Loss(new(x, Rows, 6)));
        Assert.Contains("layers.1+1*.mix.weight", PeeledEnds.Layout.Parameters.Select(p => p.Name));
    }

    [Fact]
    public void FiveToOne_HasTheEagerGradients()
    {
        float[] x = Draw.Reals(Rows * 4);
        using var trainer = FiveToOne.CreateTrainer(Device.Cpu, Adam, seed: 7);
        var eager = new FiveToOne();
        EagerEqualsCompiled.Gradients(trainer, () => trainer.ComputeGradients(x), eager, () => eager.Loss(new(x, Rows, 4)));
        Assert.Equal([2, 4, 4], FiveToOne.Layout.Find("layers.11.gate.weight")!.Parameter.Shape);
        Assert.Equal([2, 4], FiveToOne.Layout.Find("layers.13.mix.bias")!.Parameter.Shape);
        Assert.Equal([14, 4], FiveToOne.Layout.Find("norms.13.gain")!.Parameter.Shape);
    }

    [Fact]
    public void SharedInGroups_HasTheEagerGradients()
    {
        float[] x = Draw.Reals(Rows * 5);
        using var trainer = SharedInGroups.CreateTrainer(Device.Cpu, Adam, seed: 7);
        var eager = new SharedInGroups();
        EagerEqualsCompiled.Gradients(trainer, () => trainer.ComputeGradients(x), eager, () => eager.Loss(new(x, Rows, 5)));
        Assert.Equal([2, 2, 5, 5], SharedInGroups.Layout.Find("stages.2.layers.1.mix.weight")!.Parameter.Shape);
    }

    [Fact]
    public void CountingRow_IsMadeOnceAndHasTheEagerGradients()
    {
        float[] x = Draw.Reals(Rows * 6);
        using var trainer = CountingRow.CreateTrainer(Device.Cpu, Adam, seed: 7);
        var eager = new CountingRow();
        EagerEqualsCompiled.Gradients(trainer, () => trainer.ComputeGradients(x), eager, () => eager.Loss(new(x, Rows, 6)));
    }

    [Fact]
    public void SharingNeighbours_HaveTheEagerGradients()
    {
        float[] x = Draw.Reals(Rows * 5);
        using var trainer = SharingNeighbours.CreateTrainer(Device.Cpu, Adam, seed: 7);
        var eager = new SharingNeighbours();
        EagerEqualsCompiled.Gradients(trainer, () => trainer.ComputeGradients(x), eager, () => eager.Loss(new(x, Rows, 5)));
    }

    [Fact]
    public void PickedInATriedLoop_HasTheEagerGradients()
    {
        float[] x = Draw.Reals(Rows * 6);
        using var trainer = PickedInATriedLoop.CreateTrainer(Device.Cpu, Adam, seed: 7);
        var eager = new PickedInATriedLoop();
        EagerEqualsCompiled.Gradients(trainer, () => trainer.ComputeGradients(x), eager, () => eager.Loss(new(x, Rows, 6)));
    }

    [Fact]
    public void ToldTheirIndex_AreGroupedByWhatItDecides()
    {
        float[] x = Draw.Reals(Rows * 5);
        using var trainer = ToldTheirIndex.CreateTrainer(Device.Cpu, Adam, seed: 7);
        var eager = new ToldTheirIndex();
        EagerEqualsCompiled.Gradients(trainer, () => trainer.ComputeGradients(x), eager, () => eager.Loss(new(x, Rows, 5)));
        Assert.Equal([3, 5, 5], ToldTheirIndex.Layout.Find("layers.4.mix.weight")!.Parameter.Shape);
    }

    [Fact]
    public void ManyRowPasses_HaveTheEagerGradients()
    {
        float[] x = Draw.Reals(Rows * 6);
        using var trainer = ManyRowPasses.CreateTrainer(Device.Cpu, Adam, seed: 7);
        var eager = new ManyRowPasses();
        EagerEqualsCompiled.Gradients(trainer, () => trainer.ComputeGradients(x), eager, () => eager.Loss(new(x, Rows, 6)));
    }

    [Fact]
    public void Checkpoints_NameEveryLayerByItsIndex()
    {
        using var folder = new TemporaryFolder();
        string path = folder["model.safetensors"];
        using var trainer = Alternating.CreateTrainer(Device.Cpu, Adam, seed: 7);
        trainer.Save(path);
        using var weights = new Weights(Alternating.Layout);
        weights.Load(path);
        foreach (string layer in new[] { "layers.1.gate.bias", "layers.2.mix.weight", "layers.4.mix.weight" })
            Assert.Equal(trainer.Weights[layer].ToArray(), weights[layer].ToArray());
        Assert.Equal(ParameterNames.Of(new Alternating()).Select(p => p.Path).Order(), weights.Names.Order());
    }
}
