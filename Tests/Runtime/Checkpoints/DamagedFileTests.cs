using ModelCompiler.Tests.Harness;
using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using ModelCompiler.Runtime.Checkpoints;
using ModelCompiler.Tests.Models;
using ModelCompiler.Tests.Runtime.Training;

namespace ModelCompiler.Tests.Runtime.Checkpoints;

/// <summary>Files that are damaged, foreign or of another model: each is refused with its reason, and changes nothing.</summary>
public sealed class DamagedFileTests : IDisposable
{
    const string Tensor = "blocks.0.up.weight";

    readonly TemporaryFolder folder = new();
    readonly SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu, GptData.Adam, seed: 21);
    readonly CheckpointFile file;
    readonly string path;
    readonly float[] before;

    public DamagedFileTests()
    {
        path = folder["gpt.safetensors"];
        using SmallGpt.Trainer other = SmallGpt.CreateTrainer(Device.Cpu, GptData.Adam, seed: 22);
        other.Save(path);
        file = CheckpointFile.Read(path);
        before = Everything();
    }

    [Fact]
    public void TruncatedFiles_AreRefusedWhereverTheyEnd()
    {
        byte[] whole = File.ReadAllBytes(path);
        int header = whole.Length - file.Data.Length;
        foreach (int length in new[] { 0, 1, 7, 8, 9, 100, header - 1, header, header + 1, header + 4, whole.Length / 2, whole.Length - 4, whole.Length - 1 })
        {
            File.WriteAllBytes(path, whole[..length]);
            CheckpointException error = Refused();
            Assert.Contains("Save it again or use another copy.", error.Message, StringComparison.Ordinal);
        }
        File.WriteAllBytes(path, whole[..^4]);
        Assert.Contains("the file was cut off", Refused().Message, StringComparison.Ordinal);
        File.WriteAllBytes(path, whole[..5]);
        Assert.Contains("the file has 5 bytes; a safetensors file has at least 10", Refused().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EverySingleDamagedByteOfTheHeader_IsRefusedOrHarmless()
    {
        byte[] whole = File.ReadAllBytes(path);
        int header = whole.Length - file.Data.Length, refused = 0;
        for (int i = 0; i < header; i += 13)
        {
            byte right = whole[i];
            whole[i] ^= 0x15;
            File.WriteAllBytes(path, whole);
            whole[i] = right;
            if (Record.Exception(() => trainer.Load(path)) is { } error)
            {
                Assert.IsType<CheckpointException>(error);
                refused++;
            }
        }
        Assert.True(refused > header / 13 * 9 / 10, $"only {refused} of {header / 13} damaged headers were refused");
    }

    [Fact]
    public void FilesOfAnotherFormat_AreRefused()
    {
        File.WriteAllText(path, "PK\u0003\u0004 an archive, which somebody has renamed to .safetensors");
        Assert.Contains("this is no safetensors file", Refused().Message, StringComparison.Ordinal);
        CheckpointFile.Write(path, "[1, 2]", []);
        Assert.Contains("its header has StartArray where an object is expected", Refused().Message, StringComparison.Ordinal);
        CheckpointFile.Write(path, "{\"a\": ", []);
        Refused();
        CheckpointFile.Write(path, "{} x", []);
        Assert.Contains("not the JSON of a safetensors file", Refused().Message, StringComparison.Ordinal);
        CheckpointFile.Write(path, "{\"a\": {\"dtype\": \"F32\", \"shape\": [1]}}", new byte[4]);
        Assert.Contains("does not give dtype, shape and two data_offsets for a", Refused().Message, StringComparison.Ordinal);
        CheckpointFile.Write(path, "{\"a\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [0, 4]}, \"a\": {}}", new byte[4]);
        Assert.Contains("names a twice", Refused().Message, StringComparison.Ordinal);
        CheckpointFile.Write(path, "{\"a\": {\"dtype\": \"F32\", \"shape\": [-1], \"data_offsets\": [0, 4]}}", new byte[4]);
        Assert.Contains("the shape of a must hold integers of at least 0", Refused().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SizesBeyondAllFiles_AreRefusedWithoutReservingThem()
    {
        long[] huge = [long.MaxValue, long.MaxValue, 4];
        CheckpointFile.Write(path, $"{{\"a\": {{\"dtype\": \"F32\", \"shape\": [{string.Join(", ", huge)}], \"data_offsets\": [0, 4]}}}}", new byte[4]);
        Assert.Contains("has more elements than any file could hold", Refused().Message, StringComparison.Ordinal);
        File.WriteAllBytes(path, [.. BitConverter.GetBytes(90_000_000L), .. new byte[20]]);
        Assert.Contains("its header should have 90000000 bytes, but the file ends after 20", Refused().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherShape_IsRefusedWithBoth()
    {
        file.Header[Tensor]!["shape"] = new JsonArray(96, 24);
        file.Write(path);
        CheckpointException error = Refused();
        Assert.Equal(Tensor, error.Tensor);
        Assert.Contains($"{Tensor} is [96, 24]; the model has [24, 96].", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherElementType_IsRefusedWithBoth()
    {
        file.Header[Tensor]!["dtype"] = "I32";
        file.Write(path);
        Assert.Contains($"{Tensor} is I32; F32 is expected.", Refused().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TooFewBytesForAShape_AreRefused()
    {
        file.Header[Tensor]!["shape"] = new JsonArray(24, 97);
        file.Write(path);
        Assert.Contains($"{Tensor} F32[24, 97] needs 9312 bytes but has 9216", Refused().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OverlapsAndGaps_AreRefused()
    {
        string second = file.Names.ElementAt(1), first = file.Names.First();
        (int begin, int end) = file.Place(second);
        file.Header[second]!["data_offsets"] = new JsonArray(begin - 4, end - 4);
        file.Write(path);
        Assert.Contains($"{second} takes bytes {begin - 4} to {end - 4}, but {first} reaches to {begin}: they overlap", Refused().Message, StringComparison.Ordinal);
        file.Header[second]!["data_offsets"] = new JsonArray(begin + 4, end + 4);
        file.Write(path);
        Assert.Contains("bytes between belong to no tensor", Refused().Message, StringComparison.Ordinal);
        file.Header[second]!["data_offsets"] = new JsonArray(end, begin);
        file.Write(path);
        Assert.Contains("it ends before it begins", Refused().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BytesBehindTheLastTensor_AreRefused()
    {
        file.Data = [.. file.Data, 1, 2, 3];
        file.Write(path);
        Assert.Contains($"{file.Data.Length} bytes follow the header, but its tensors end at {file.Data.Length - 3}", Refused().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingAndUnexpectedTensors_AreNamed()
    {
        JsonNode entry = file.Header[Tensor]!;
        file.Header.Remove(Tensor);
        file.Header["blocks.0.rise.weight"] = entry;
        file.Write(path);
        CheckpointException error = Refused();
        Assert.Contains($"a checkpoint of SmallGpt does not fit SmallGpt: it lacks {Tensor}; SmallGpt has no blocks.0.rise.weight.", error.Message, StringComparison.Ordinal);
        Assert.Equal(Tensor, error.Tensor);
        Assert.Equal(path, error.Path);
    }

    [Fact]
    public void ACheckpointOfAnotherModel_IsRefusedWithItsName()
    {
        using Perceptron.Trainer perceptron = Perceptron.CreateTrainer(Device.Cpu, GptData.Adam);
        perceptron.Save(path);
        string message = Refused().Message;
        Assert.Contains("a checkpoint of Perceptron does not fit SmallGpt: it lacks ", message, StringComparison.Ordinal);
        Assert.Contains(" and 32 more; SmallGpt has no hidden.weight, hidden.bias, output.weight, output.bias.", message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        trainer.Dispose();
        folder.Dispose();
    }

    CheckpointException Refused()
    {
        CheckpointException error = Assert.Throws<CheckpointException>(() => trainer.Load(path));
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Throws<CheckpointException>(() => SmallGpt.Load(path, Device.Cpu));
        Assert.True(before.AsSpan().SequenceEqual(Everything()), "parameters have changed");
        return error;
    }

    float[] Everything() => [.. trainer.Weights.Names.SelectMany(name => trainer.Parameter(name).ToArray())];
}
