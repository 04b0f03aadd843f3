using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Cuda;

/// <summary>The folder of compiled kernels: whole files or none, damage is found, the oldest go first, many may use it at once.</summary>
public sealed class CubinCacheTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void StoredImage_ComesBack()
    {
        CubinCache cache = Cache();
        Assert.Null(cache.Read(Key("a")));
        cache.Write(Key("a"), [1, 2, 3]);
        Assert.Equal([1, 2, 3], cache.Read(Key("a"))!);
        Assert.Equal([1, 2, 3], Cache().Read(Key("a"))!);
        Assert.Null(cache.Read(Key("b")));
        Assert.Equal("", cache.Problem);
    }

    [Fact]
    public void EmptyImage_IsAnImage()
    {
        Cache().Write(Key("a"), []);
        Assert.Empty(Cache().Read(Key("a"))!);
    }

    [Fact]
    public void SecondWrite_Replaces()
    {
        Cache().Write(Key("a"), [1]);
        Cache().Write(Key("a"), [2, 2]);
        Assert.Equal([2, 2], Cache().Read(Key("a"))!);
        Assert.Single(Files);
    }

    /// <summary>Every byte of a file matters: any that is changed, and any that is missing.</summary>
    [Fact]
    public void DamagedFile_IsFoundAndRemoved()
    {
        Cache().Write(Key("a"), [10, 20, 30, 40]);
        string path = Files.Single();
        byte[] whole = File.ReadAllBytes(path);
        for (int i = 0; i < whole.Length; i++)
        {
            byte[] changed = [.. whole];
            changed[i] ^= 0x10;
            File.WriteAllBytes(path, changed);
            Assert.Null(Cache().Read(Key("a")));
            Assert.False(File.Exists(path), $"byte {i}");
            File.WriteAllBytes(path, whole[..i]);
            Assert.Null(Cache().Read(Key("a")));
            Assert.False(File.Exists(path), $"cut at {i}");
        }
        File.WriteAllBytes(path, [.. whole, 0]);
        Assert.Null(Cache().Read(Key("a")));
        File.WriteAllBytes(path, whole);
        Assert.Equal([10, 20, 30, 40], Cache().Read(Key("a"))!);
    }

    [Fact]
    public void LongestUnused_GoFirst()
    {
        CubinCache cache = Cache(limit: 4 * 1100);
        for (int i = 0; i < 4; i++)
        {
            cache.Write(Key($"{i}"), new byte[1000]);
            Age(Key($"{i}"), hours: 10 - i);
        }
        Assert.NotNull(cache.Read(Key("0")));               // used just now
        cache.Write(Key("4"), new byte[1000]);
        Assert.Equal([true, false, true, true, true], Enumerable.Range(0, 5).Select(i => cache.Read(Key($"{i}")) is not null));
        cache.Write(Key("5"), new byte[3000]);
        Assert.NotNull(cache.Read(Key("5")));
        Assert.True(Files.Sum(f => new FileInfo(f).Length) <= 4 * 1100);
    }

    [Fact]
    public void ImageLargerThanTheLimit_IsNotStored_AndDisplacesNothing()
    {
        CubinCache cache = Cache(limit: 500);
        cache.Write(Key("small"), new byte[100]);
        cache.Write(Key("large"), new byte[1000]);
        Assert.NotNull(cache.Read(Key("small")));
        Assert.Null(cache.Read(Key("large")));
    }

    [Fact]
    public void FilesOfOthers_StayAndDoNotCount()
    {
        File.WriteAllBytes(folder["notes.txt"], new byte[10_000]);
        CubinCache cache = Cache(limit: 500);
        cache.Write(Key("a"), new byte[100]);
        Assert.NotNull(cache.Read(Key("a")));
        Assert.True(File.Exists(folder["notes.txt"]));
    }

    [Fact]
    public void HalfWrittenFile_IsNoEntry_AndGoesAfterAnHour()
    {
        string old = folder[Key("a").Text + ".cubin.99999.1.tmp"], fresh = folder[Key("b").Text + ".cubin.99999.2.tmp"];
        File.WriteAllBytes(old, [1]);
        File.WriteAllBytes(fresh, [1]);
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddHours(-2));
        Assert.Null(Cache().Read(Key("a")));
        Cache().Write(Key("c"), [1]);
        Assert.False(File.Exists(old));
        Assert.True(File.Exists(fresh));
    }

    [Fact]
    public async Task ManyAtOnce_NeverReadAnythingButWholeImages()
    {
        const int Writers = 4, Rounds = 60;
        byte[][] images = [.. Enumerable.Range(0, Writers).Select(i => Enumerable.Repeat((byte)i, 5000 + 1000 * i).ToArray())];
        int reads = 0;
        for (int i = 0; i < 6; i++) Cache(limit: 30_000).Write(Key($"{i}"), images[0]);     // readers may be the first to start
        await Task.WhenAll(Enumerable.Range(0, 2 * Writers).Select(worker => Task.Run(() =>
        {
            CubinCache cache = Cache(limit: 30_000);
            for (int round = 0; round < Rounds; round++)
            {
                CacheKey key = Key($"{round % 6}");
                if (worker < Writers) cache.Write(key, images[worker]);
                else if (cache.Read(key) is { } image)
                {
                    Assert.Equal(images[image[0]], image);
                    System.Threading.Interlocked.Increment(ref reads);
                }
            }
            Assert.Equal("", cache.Problem);
        }, TestContext.Current.CancellationToken)));
        Assert.True(reads > 0);
        Assert.DoesNotContain(Directory.GetFiles(folder[""]), f => f.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public void FolderThatCannotBe_IsAProblemAndNoFailure()
    {
        File.WriteAllText(folder["file"], "");
        var cache = new CubinCache(folder["file/below"]);
        cache.Write(Key("a"), [1]);
        Assert.Null(cache.Read(Key("a")));
        Assert.Contains(folder["file/below"], cache.Problem, StringComparison.Ordinal);
        Assert.Contains("MODELCOMPILER_CUDA_CACHE", cache.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/named", "/cache", "/home", "/named")]
    [InlineData(null, "/cache", "/home", "/cache/modelcompiler/cuda")]
    [InlineData(null, null, "/home", "/home/.cache/modelcompiler/cuda")]
    [InlineData(null, null, null, null)]
    [InlineData("off", "/cache", "/home", null)]
    public void Folder_IsTheVariablesOrTheUsers(string? named, string? cache, string? home, string? expected)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "folders of Linux");
        Assert.Equal(expected, CubinCache.FolderOf(v => v switch { "MODELCOMPILER_CUDA_CACHE" => named, "XDG_CACHE_HOME" => cache, "HOME" => home, _ => null }));
    }

    [Fact]
    public void SwitchedOff_StoresNothing()
    {
        var cache = new CubinCache(folder: null);
        cache.Write(Key("a"), [1]);
        Assert.Null(cache.Read(Key("a")));
    }

    [Fact]
    public void Limit_IsTheVariables()
    {
        Assert.Equal(7L << 20, CubinCache.LimitOf(_ => "7"));
        Assert.Equal(512L << 20, CubinCache.LimitOf(_ => null));
        Assert.Equal(512L << 20, CubinCache.LimitOf(_ => "many"));
    }

    [Fact]
    public void Key_DependsOnEveryPart()
    {
        CacheKey[] keys =
        [
            CacheKey.Of("source", ["-a", "-b"], "sm_80", "11.8"), CacheKey.Of("source ", ["-a", "-b"], "sm_80", "11.8"),
            CacheKey.Of("source", ["-a"], "sm_80", "11.8"), CacheKey.Of("source", ["-b", "-a"], "sm_80", "11.8"), CacheKey.Of("source", ["-a-b"], "sm_80", "11.8"),
            CacheKey.Of("source", ["-a", "-b"], "sm_90", "11.8"), CacheKey.Of("source", ["-a", "-b"], "sm_80", "12.4"), CacheKey.Of("source-a", ["-b"], "sm_80", "11.8"),
        ];
        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.Equal(keys[0], CacheKey.Of("source", ["-a", "-b"], "sm_80", "11.8"));
        Assert.Matches("^[0-9a-f]{64}$", keys[0].Text);
    }

    string[] Files => Directory.GetFiles(folder[""], "*.cubin");

    CubinCache Cache(long limit = 1 << 20) => new(folder[""], limit);

    void Age(CacheKey key, int hours) => File.SetLastWriteTimeUtc(folder[key.Text + ".cubin"], DateTime.UtcNow.AddHours(-hours));

    static CacheKey Key(string source) => CacheKey.Of(source, [], "sm_80", "11.8");
}
