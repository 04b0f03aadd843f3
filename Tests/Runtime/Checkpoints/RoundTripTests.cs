using ModelCompiler.Tests.Harness;
using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using ModelCompiler.Tests.Models;
using static ModelCompiler.Tests.Runtime.Training.GptData;

namespace ModelCompiler.Tests.Runtime.Checkpoints;

/// <summary>What was saved is what is loaded, bit for bit, under the names eager models use, readable by other programs.</summary>
public sealed class RoundTripTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    [Fact]
    public void SavedParameters_AreLoadedBitForBit()
    {
        using SmallGpt.Trainer saved = Trained();
        saved.Save(folder["gpt.safetensors"]);
        using SmallGpt.Trainer loaded = SmallGpt.CreateTrainer(Device.Cpu, Adam, seed: 99);
        loaded.Load(folder["gpt.safetensors"]);
        foreach (string name in saved.Weights.Names)
            Assert.True(Bits(saved.Parameter(name)).SequenceEqual(Bits(loaded.Parameter(name))), name);
        using SmallGpt.Session session = SmallGpt.Load(folder["gpt.safetensors"], Device.Cpu.WithThreads(2));
        Assert.Equal(saved.ComputeGradients(Ids, Targets, B, T), session.Loss(Ids, Targets, B, T));
    }

    [Fact]
    public void Files_HoldEveryTensorUnderItsOwnNameAndShape()
    {
        using SmallGpt.Trainer trainer = Trained();
        trainer.Save(folder["gpt.safetensors"]);
        CheckpointFile file = CheckpointFile.Read(folder["gpt.safetensors"]);
        Assert.Equal(ParameterNames.Of(new SmallGpt()).Select(p => p.Path).Order(), file.Names.Order());
        Assert.DoesNotContain(file.Names, name => name.Contains('*', StringComparison.Ordinal));
        foreach ((string path, Tensor tensor) in ParameterNames.Of(new SmallGpt()))
        {
            Assert.Equal("F32", file.Header[path]!["dtype"]!.GetValue<string>());
            Assert.Equal(tensor.Shape.ToString(), $"[{string.Join(", ", file.Shape(path))}]");
            Assert.Equal(trainer.Parameter(path).ToArray(), file.Reals(path));
        }
        Assert.Equal("SmallGpt", file.Header["__metadata__"]!["model"]!.GetValue<string>());
        Assert.Equal(trainer.Weights.Layout.ParameterCount * 4, file.Data.Length);
        Assert.Equal(0, (new FileInfo(folder["gpt.safetensors"]).Length - file.Data.Length) % 8);
    }

    [Fact]
    public void StackedLayers_AreSplitAndJoined()
    {
        using SmallGpt.Trainer saved = Trained();
        saved.Save(folder["gpt.safetensors"]);
        CheckpointFile file = CheckpointFile.Read(folder["gpt.safetensors"]);
        Assert.Equal([24, 96], file.Shape("blocks.0.up.weight"));
        float[] bothLayers = [.. file.Reals("blocks.0.up.weight"), .. file.Reals("blocks.1.up.weight")];
        Assert.Equal(saved.Parameter("blocks.*.up.weight").ToArray(), bothLayers);
        using NestedLoops.Trainer nested = NestedLoops.CreateTrainer(Device.Cpu, Adam, seed: 4);
        nested.Save(folder["nested.safetensors"]);
        CheckpointFile nestedFile = CheckpointFile.Read(folder["nested.safetensors"]);
        float[] joined = [.. from stage in Enumerable.Range(0, 2) from layer in Enumerable.Range(0, 3) from x in nestedFile.Reals($"stages.{stage}.rest.{layer}.weight") select x];
        Assert.Equal(nested.Parameter("stages.*.rest.*.weight").ToArray(), joined);
    }

    [Fact]
    public void TensorsInAnotherOrder_AreFoundByName()
    {
        using SmallGpt.Trainer saved = Trained();
        saved.Save(folder["gpt.safetensors"]);
        CheckpointFile file = CheckpointFile.Read(folder["gpt.safetensors"]);
        var header = new JsonObject();
        byte[] data = [];
        foreach (string name in file.Names.Reverse())
        {
            (int begin, int end) = file.Place(name);
            JsonObject entry = file.Header[name]!.DeepClone().AsObject();
            entry["data_offsets"] = new JsonArray(data.Length, data.Length + end - begin);
            header.Add(name, entry);
            data = [.. data, .. file.Data[begin..end]];
        }
        CheckpointFile.Write(folder["reversed.safetensors"], header.ToJsonString(), data);
        using SmallGpt.Trainer loaded = SmallGpt.CreateTrainer(Device.Cpu, Adam, seed: 99);
        loaded.Load(folder["reversed.safetensors"]);
        foreach (string name in saved.Weights.Names) Assert.True(saved.Parameter(name).SequenceEqual(loaded.Parameter(name)), name);
    }

    [Fact]
    public void NumbersThatAreNotFinite_AreKept()
    {
        using SmallGpt.Trainer saved = Trained();
        float[] odd = [float.NaN, BitConverter.Int32BitsToSingle(0x7FC0DEAD), float.PositiveInfinity, float.NegativeInfinity, -0f, float.Epsilon, .. new float[18]];
        saved.Weights.Set("final.bias", odd);
        saved.Save(folder["gpt.safetensors"]);
        using SmallGpt.Session loaded = SmallGpt.Load(folder["gpt.safetensors"], Device.Cpu);
        Assert.True(Bits(loaded.Weights["final.bias"]).SequenceEqual(Bits(odd)));
    }

    [Fact]
    public void Loading_StartsTrainingAfresh()
    {
        using SmallGpt.Trainer trainer = Trained();
        trainer.Save(folder["gpt.safetensors"]);
        float[] first = [trainer.Step(Ids, Targets, B, T), trainer.Step(Ids, Targets, B, T), trainer.Step(Ids, Targets, B, T)];
        trainer.Load(folder["gpt.safetensors"]);
        Assert.Equal(0, trainer.StepCount);
        Assert.Equal(0, trainer.GradientNorm);
        using SmallGpt.Trainer fresh = SmallGpt.CreateTrainer(Device.Cpu, Adam, seed: 99);
        fresh.Load(folder["gpt.safetensors"]);
        for (int i = 0; i < 3; i++) Assert.Equal(fresh.Step(Ids, Targets, B, T), trainer.Step(Ids, Targets, B, T));
        Assert.NotEqual(first[2], trainer.ComputeGradients(Ids, Targets, B, T));
    }

    [Fact]
    public void ASessionOnTheTrainersParameters_SeesWhatIsLoaded()
    {
        using SmallGpt.Trainer trainer = Trained();
        trainer.Save(folder["gpt.safetensors"]);
        using SmallGpt.Session session = trainer.CreateSession();
        float saved = session.Loss(Ids, Targets, B, T);
        trainer.Step(Ids, Targets, B, T);
        Assert.NotEqual(saved, session.Loss(Ids, Targets, B, T));
        trainer.Load(folder["gpt.safetensors"]);
        Assert.Equal(saved, session.Loss(Ids, Targets, B, T));
    }

    [Fact]
    public void TwoSessions_ShareOneSetOfParameters()
    {
        using SmallGpt.Trainer trainer = Trained();
        using SmallGpt.Session first = trainer.CreateSession(), second = trainer.CreateSession();
        float before = second.Loss(Ids, Targets, B, T);
        first.Weights.Set("final.gain", new float[24]);
        Assert.Equal(first.Loss(Ids, Targets, B, T), second.Loss(Ids, Targets, B, T));
        Assert.NotEqual(before, second.Loss(Ids, Targets, B, T));
        first.Dispose();
        Assert.Equal(new float[24], second.Weights["final.gain"].ToArray());
    }

    [Fact]
    public async Task SavingWhileOthersRead_GivesThemWholeFiles()
    {
        using SmallGpt.Trainer trainer = Trained();
        string path = folder["gpt.safetensors"];
        trainer.Save(path);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task<int> reader = Task.Run(() =>
        {
            int loaded = 0;
            using var weights = new Weights(SmallGpt.Layout);
            for (; !stop.IsCancellationRequested || loaded == 0; loaded++) weights.Load(path);
            return loaded;
        }, TestContext.Current.CancellationToken);
        for (int i = 0; i < 30; i++)
        {
            trainer.Step(Ids, Targets, B, T);
            trainer.Save(path);
        }
        await stop.CancelAsync();
        Assert.True(await reader > 0);
        Assert.Single(folder.Files);
    }

    [Fact]
    public void AFolderThatIsMissing_IsNamed()
    {
        using SmallGpt.Trainer trainer = Trained();
        var error = Assert.Throws<DirectoryNotFoundException>(() => trainer.Save(Path.Combine(folder["nowhere"], "gpt.safetensors")));
        Assert.Contains("there is no folder " + folder["nowhere"], error.Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => SmallGpt.Load(folder["gpt.safetensors"], Device.Cpu));
    }

    public void Dispose() => folder.Dispose();

    static SmallGpt.Trainer Trained()
    {
        SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu, Adam, seed: 21);
        for (int i = 0; i < 3; i++) trainer.Step(Ids, Targets, B, T);
        return trainer;
    }

    static ReadOnlySpan<int> Bits(ReadOnlySpan<float> numbers) => MemoryMarshal.Cast<float, int>(numbers);
}
