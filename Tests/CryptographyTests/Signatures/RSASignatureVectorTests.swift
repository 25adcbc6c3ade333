import Cryptography
import OpenSSL
import Testing

/// What a key's owner could sign, or a forger could reach, that is no signature of RFC 8017 8.2: the padding has
/// one form, and is compared as a whole. Made with pyca/cryptography and Python's integers.
@Suite("RSA signatures that are none")
struct RSASignatureVectorTests {
    struct Forgery: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let signature: String

        init(_ name: String, _ signature: String) {
            testDescription = name
            self.signature = signature
        }
    }

    let message = Array("a message".utf8)

    @Test func `the signature of the one form is good`() throws {
        #expect(try isValid(Self.signature, n: Self.modulus, e: [1, 0, 1]))
        #expect(try isValid(Self.signatureOfThree, n: Self.modulusOfThree, e: [3]))
    }

    @Test(arguments: forgeries)
    func `another encoding of the same hash is refused`(forgery: Forgery) throws {
        #expect(try !isValid(forgery.signature, n: Self.modulus, e: [1, 0, 1]))
    }

    /// Bleichenbacher 2006: with e = 3 a cube root has room for garbage behind the hash.
    @Test func `a cube root with the hash at its left is refused`() throws {
        #expect(try !isValid(Self.cubeRoot, n: Self.modulusOfThree, e: [3]))
    }

    private func isValid(_ signature: String, n: String, e: [UInt8]) throws -> Bool {
        let key = try RSAPublicKey(n: try #require(Base64URL.decode(n)), e: e)
        return key.isValid(signature: try #require(Base64URL.decode(signature)), for: message)
    }

    static let modulus = """
        iCHT4qBMmBX41r3230xrDLGRQ4zRT527REOZ66aW8YgKMOX1ji1xFrFplY8l_Rt5HzQMh5pWF4AJjQxcPpyv\
        akzhYWeWsLB6t4R7xIyro8JP6qZfvpmbbcaHmeS6bsjEWVQV0VxiiS_H93vsbxwP1QDMKdhWllzjFNEInV1d\
        xXdElFKIsfvMgAYwrP60Vr8YWpBoEZiBHjFlQ2rqEBfuJKUzVdZ0naFaLj_P06sBLugQeDfbae5f9dmMhNNt\
        A7BYNMIwJZ4voLed40aGePfgrgEqGrjaVRcgTCvZ-02-SaaW90OQQSq3H09fd8998m0X6aAeVEiik5g0v0g9\
        Hh568Q
        """

    static let signature = """
        Ek6W43VkRrYKY16lWdscswITM6s03tb02hQaPOsalB_ZVXTDdGj2WW5fDoHxPiy03Jnp9rE9i3etvUsd_AG0\
        hB9W85E6qZ_1pQzuPct5A86jgwo0-W5QfEQK7FPy1-L85044yHSV23dLLPlod8ZW3xSWStmlWXWsneMVjuOp\
        lY68pk5J_s4Aa6NtGE0Hr4UoKXC8MLYvpSVVEHuAtvzBRsGkEDvsb7S-NVValvr6YWfjxcxLY7nHTVxflTay\
        GqdfBChcPQsWtPTYI5wU0wnG0kdDJ6k1d19esT7x4ZnycPDRGZ4rEb9LAEk2pUdh4ELCk7eUTNLI9qSIJ33G\
        5QKp3Q
        """

    static let modulusOfThree = """
        uVF7meBixkJVtz6MUxc6rLrnJsw52rJjaJYdiZYIC6UU3UFboPKUPBSqr5j7SOGOrH4C3chQDgmiehBGnY8t\
        _C_7uln0ieCJDwofXfW0Xho2HdMTlg869BHUMFZ4fk-VbbUoWOdrlDVo3cd4s5c5hYHB2_1u8rVOKIyZIzJB\
        VLM9rumA3AE5CBzTY32BtwNcfA5GBQYCkLiRF0HA8Eh37qsgp8LnAgNJnn1-5AwCwiqKd2jeyiEYv6srMHXI\
        Lj4dTIo_Em-1Dxe0HF5DpBE-aNjtX-_9bQq83VPCGkvRy9aBF5gVnrh6VXgS1MBpzKWpuQjxeDY6gXs3jwPu\
        OCphEQ
        """

    static let signatureOfThree = """
        K-6Qv8l_mPB3smnMqs2cRYrnjOKDfdUrjt9E6pftMDyUkYKMBbQ0OGz-d9O_LQQBbONSWe1UT7xb2rpHbpWj\
        XTMwl_TpbXOblDuMnzotD6K3-EpL-trWbQzf6sYKPbvWzBPdJLIIYD7ApnHSHIted135aO_3z-QkivhQn7ym\
        rfQ--f5HlNFU02Qq2yCN0P8U-CEz-38qxnkApr8ai0d6PRIMNUfd7oaGXAaWfM7s4YqhvZG1ip9wd3IGnEgw\
        bFxaWAGza6kt8l2Vve2vLOMlEgAfIbviC42CnvMheQ6QTVcbWiS-NDyk5lr3LXvDaYuWahwCYU2MT-hylA7o\
        BSXq1Q
        """

    static let cubeRoot = """
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAMsv9SnrceQVYPXZ1IPUWQHWR\
        dtN4JvLvY649x646F92V6UiBkXNJgHo3dV5ZrvfImrepobE8-YdeOmSLbShQ2eseLt3ty74AQU8Dql4JX_vZ\
        GYn8UQ
        """

    static let forgeries = [
        Forgery(
            "no NULL behind the name of the hash",
            """
            Y83fDCCgVtoK2daO3pDIAX55hN_-B7v-FQy9WB_Hef42n8YyPh9kMd624uV2JU0_N-YfNYxSFPSsMaEJDltY\
            tDWG-_AYZh7F_ZHfFyOgUSYs084l1PbQKcr0hjwM7fmF-jCvQ0_lBA_QIS3J6QBWDIfY80olbYdNgXUrNZHU\
            i24RJeseDwfUIg0knVNMy2-WeX97SbvsEofaPq8trtO36I9TpbEVkqHDOrYxlyEEwgVSW9PsR9i1FfRm6xb8\
            fUeiQsy4llhdUIcycFvMKcR5KVuJxV35QG3uzJpDq84fx3Hig7kaNuNfmsbOyt__1HLhrDQe65M42dnxmFiv\
            _r7BMQ
            """),
        Forgery(
            "the hash alone",
            """
            KoIuuctueL84XOBFRUIUbzp1DhppiuxQtgh57ySWJO2vGww_uy3qExaQtdMqN1sQFwlJA7gR4WcTA8YDKoVP\
            0OtdV5EAhltOvD0IYaL-EFQ25eyYh8fZuh2phsnaiDTiWpMhUIJDLIRw6H6nnSrDakhLlsiKn1y_m9bCJNXR\
            3jQlZ4J2T8b_grklhnI72IQ-6t1YtPqBDXYPbW6HvCScKcIa-mEHokhPZKTljwPodnqPrqyAC2JG-pxqyn4G\
            aqbDITu8p8d6ZI4tBW_wx5GGAdcNqg-FKruTdFqH2ENWa1IgrNYBF_Otj4RvGul6X96fgp_aOCCZ5cz7o_D9\
            GvQUIQ
            """),
        Forgery(
            "the name of SHA-1",
            """
            FFy4X-vG4cWIGEXuMB9u4zSsoGFhTSCewS7vj0tHifygQktAteJ16CxJIx7K6jrW9594qCe0n-_H0VWibxJd\
            Ks_5BHcKQNF3VQk7dCn-f75IaLL6-aVUt8GFXh_mJrJlF3cSbugN8QkToFlzfmCxL21bswuzyYWClSAOCG6k\
            xu0N3hMOcUdw7oDkj_VB2DHpXltH7zYR-3tQwlzxSqB6qIUBL5lfyC0UeqKjIhSLoA9M4nRuTRI-4oriHVAq\
            3KFXmPlSNUYuZ5vW8hWqWJWzi3KPuuzWMfTSFdZBwh3mQ8-r8j-iBnoFiWDbqzwLhLX10g02ZB_6yQjZUAq5\
            r9NTDA
            """),
        Forgery(
            "the name of SHA-512",
            """
            OH7m2iLDc4EdcX6iVQRIle9fDcJUDwe259KXGGDdrV3H9GHl4YVBAt_8o9HPTlLGzJmIYr3GxW7sZmaaHdaH\
            I89h4BtIqjXI8CtDVaAqXi_JNOfDOzv-UpKSDJaC3bs-d3fFd0bYygNhdONmtPVgikuyH9SAOGo92-usaL0a\
            nB1tarSR0Gkndo3nGir4pAxzGb-YrTFMfE_6Ro_p3i1vo9oCSkHXCOLLfKPtHYIbTfBbcIG1AKV8Z552jyFq\
            9JRSKGrH2IEpHL-3JcGa_kvWT_wydhbkmI5pIT7pPdeFBJIRGWqVec5tA6mMoJRJpJ6ueeQ7DSdr-M3rm34V\
            YNwtyA
            """),
        Forgery(
            "the name of SHA-512 before this hash",
            """
            NP7KYu4ReFS8rKd0xRmtZgrAjwqpec12r_oJgXX0P94kmdeySgFCzFEMqmG8yRodfBgi-AieJS7KSx7Q4GmZ\
            8DeVHKuQPLdT5f-8XkkVEDjr0tNtH2M5_HUD5KbNUBQX0wjYVUiaOtKV0wW1laf0YLU6Fxbdko3gR1_Bjqx3\
            t3wo-yxunrpkpTgA6BlE9GGsI6ygCVtzczQjPAPhkwE7VmKa0OKt_SKiotCEr8nscMPUfaCINEnAN8V9yfNZ\
            E2B2hrtx-2fmFxKSt08IOzW2rGxYS-5keFoAxrSPZKLWzLzApu6uaHFN1Zey7xPT2Y0RR5otc-HNqXWeOUyd\
            t1lthg
            """),
        Forgery(
            "block type 2",
            """
            Q6lh_PJA6G9sYnKMJwiNrm0XXV6nvGcFAE2KZtn4TaRj-9G5zSlhjFXmbgJVw5ZfEgmsJe803euUbzf_eyF0\
            rl7JqvfQHgfte0YgJ0VqulJobz3kqjN_Fd5ZsfnMvDzwHAQ4yeYTZMMQVJRRopAXHr0-c4VjbxToPGcnoFV4\
            XbJjLv38CFpqp7sTLneXjz825oVprdP4bh0JKfVEk5ZdEt5y4_6CXV-LTB-u5wrmmd9BGCBWpFleoNEu-q-Z\
            6Us7i6SgBslZd8Jps6d6Ksi1AfTw2ZuDIGrR2jGG-dJ4jqBmHohY9-E0wxDSbvVqyunkg8uJRbzsuSbCcU1W\
            lkukzg
            """),
        Forgery(
            "block type 0",
            """
            CUB-XmcuAac_vTbESDDAA4zjw2LLmM6pIEFviiLPcttY_itXKfoCUZibSPSbn98BqpPt1aJasf1eMI3XpLFT\
            hog4DXUKvVWyrO41oWwXFZOk297QisyL7OLuqrNqzvduGU_nJgbSND7XbgoOtMf261kr5ujl2_7eNFo162kP\
            dUQUXYkqa9MOoByPyfEFhkNVurcTUAqxBVTXL2pVKHutSSXDF_wHKyfZ_gQDmSJEd7tvy38B4rByFR80GqrC\
            8W5mdWJkePHPv_cELlPbO5SUVtQKgudieVju1xmZ0qf9xKLoTWf7Nm15zzgNC3-fYwbjQibCqGgIi_hRcOc-\
            qvU5YQ
            """),
        Forgery(
            "padding of no length, garbage behind",
            """
            Ayqfz5IVPZEMh5WHXVosrId6povu8ap0e5jsFbXBsaw-tn1wY5Wk2M7CCF1-q3xbN1f13477shZZtDadoUg0\
            jaNpTagrTCe0jIVJS54OoKhtkCtPTpXUZ7vygnm1Jzu-23pB9FS7-T5PzK__UvYJBvLLxKfLg_G9jrml4NSY\
            ZFq6nY1Uwf6EniDHBjrEd0kYmop7k9gWjdUQPV41JKW22swOv7C1pMMc32jxmLF0CKIwppr8A_uMSDewhQ4e\
            yMnZrUlUv-rwolkUOto0pxAdkm-CltPvLFe4AkObJczUaIQG9BWsN6fzRF3J8FIlMVruwNU8csOZQSCIzvGz\
            j2KG0g
            """),
        Forgery(
            "eight bytes of padding, garbage behind",
            """
            DVZpT95Hbhu3VlRhpRe1cEwHxs3kkTKCnXnZhtl_y4hC-e9DBeK5Fu2ivHYHGF_cotq2Ex9mNbWgJClHiI0N\
            efBo0oaPeSrLIbInzv0LS-U4fR_V0i-FQmxycfoKL5MDbyJStkNh-bpn7rS2npu6PIQVJ1tdCp-0sFQ3upF9\
            mMxLTyPA7L09eiwbYcFpoNam3nvzEbYF2ho2Y0hhDu8RALqhWanzcsBltZ6wJNF85CEcPbKh9LKeAAmk6MBm\
            D_0n7rDKhtwVWKQ3d_1rvR0GnMAE5fxn3n5WSVmibFmyE7bP0ZVflvtYqwbk7m8i4BvSQwT40x9m1dzOKmbf\
            LSUE2A
            """),
        Forgery(
            "one byte of the padding is not FF",
            """
            cqBgO6hLIh3jvhvEp8I39vd_8d-j-WvGPa34vfpUYLc0QHJIQYImP-KTetVrqFqkkFT_ryz8t8TwonWiO4q2\
            0jbfbrxFt8boNYHGypJuz37URZ3nbfXdt-SKGKLFjiAmR_5gOF0KAkANKmaQDeNg02UwEXhpVPTHHk8DzA_p\
            sDoAPFMiNmSvFzyGBG94pTuI42NOsIMKjQ7Z5FnAlTV_L2S55rcZ7jOuynvgtzaePeVtjsM6wa5n6YChP1GR\
            s_I7nxdHli2iCuh_ov-gpYZR9LSBFRIQRmNFfZhD0JKYmUzWJ0uCbqR8AqUWitxN28-hsfEC9fwj0yiUFhnP\
            TvIi2Q
            """),
        Forgery(
            "no zero before the hash",
            """
            JpP5uFMLSNGjdEYPSx88Kd7kxTZySDI3uOT3TLrg74acseBBUrgIkDXw4tHV-aAjb1mgoIv_QAxMUtnOF7oh\
            rjxgRQyhb7DBrb97qjz2Ptvlmarl3I-fAw-BDnukbpyzFFqjrRwZ9okJS7EOuYUfHcsfcHO_xTJrPjc_ulpv\
            1har-Glz7BXDJXUvhMIKVgSg-_O5bciMIFMHMk8epHhRec9A6AYefTMcqSuAui_xKBKz-g3FoLtkoeZ4t32W\
            XW_-X46zWwXFuuOvtCXpYKKSz8HohPbhF4mWwReRIqaAppDQDcKLzSnzKHgKICnWr-lxg-bdDZJoGDOeXj3p\
            sW0ptg
            """),
        Forgery(
            "a long form of the length",
            """
            XD3-bDZeHQpFHpTdN67IIefzwwLcLhuYtdU7Jzv5D1u0tL3Wy3bcqLWRPE7avBo5E2Cr01v-Uo-fXL19hymX\
            gRm9JX3bVc-i_tUN0G1zbbThNl4lqjCgyjYLITRqBPzB1PtvUc-oIRZ_H-kMzcqtVCsKk_KnO8GEXoYP1wxC\
            qYFQHlSxwp1G9iOfqRuG4PsaPf6jPvHekb5-6V3lnfWuklmAolfN3nYAOJfBjqIZUdJoOa8xpbHGKcit4WR5\
            f1858IZydm9Mx3rPtlOYUhf4pVl4aXhqgU27mS8sK2hQEdoL1emnuVePOO8Oi112aZN6g1JRw2VDzuYh2AQu\
            wGBXsg
            """),
        Forgery(
            "an indefinite length",
            """
            VdWKOnaSQw5f5zMCGhdatnQpkneXALStCmiL3yTEtpoFDsG-nl9HnjTbaW3Oz48wc4x1f5EFfL38fFEMsUzJ\
            XCj29RQ87qRtTNS9NYtR6TrGMAgPfqGQAUSUxAlpjJfjYOX_4BKoowluk7EgHiMz4TdLNQIiHV8KQUdrakZ3\
            0arEmXVeRCS762aaKhSIEZ9sCTXOaClWN7vEvuHLcSpDj7ucVZYsqjFHyY-mQ8WrpOH3cQmJA_wvwEdlRJWu\
            UDHCgp9sXoJ2ZMMC_YkPdiBECFZg3nc8sv1sOWEEs0fZHVWZdrKFVnW22shfaTLGOACTeYrlpO-DtHHeLsBR\
            FE8D-Q
            """),
        Forgery(
            "bytes behind the hash inside the sequence",
            """
            eUnfr50BNocokmK3vBiEgj9f1LbXf3yr1bauBGqHUHO-cjiHs-uuGeyMhUQOJXjgHInC6zqmm7ofryVSLqe0\
            oRFLpKfEkt_R13XFpWFK1zVZUeIGCRas9uewsnEy-3t2mImUrWnqNaex_4p0JM1X8yIwZXGtNawDDKhe_Ov8\
            oYY-msynpkl4WOoC7U__M9Jr7PUmV90d5Dj7mp-xyRvI3yARgoPwoPFnvdgcdXJqqnqh1m7xGHbiY_aMNCeq\
            YjsGRcu8q4ly9ipXxsRPbYvabzwpXlacPZrAf10yNJqrFAPbyt6Z_R8RZBIXO2dl71tnx2K6xERpm7gWoB-d\
            siOG7w
            """),
        Forgery(
            "parameters other than NULL",
            """
            CYAemSvGHXxcv3Ll2GkwQVkHOT6ECqJjfYCQEG6zmc7QEy4P1TxPTZpPNk7vM1kYEZhI8EwA-vmOjb_a9Dsk\
            1ohiKjwwY7EiuRtCnxgSBo5bKGx7FNjrrDlUnYdE6BZBAs4h9CcY_f291EWuo65JkZnVW0LAzQ64awd43uof\
            6k71rxM0bHIUaC8GFlcvw3zRMwTIki2PQ5dlMJLBizIHU6N3rAaP8gzAlYkh-uIizCwiY0dTNU7gK4lAzzbc\
            1Hxm3WpAVgCJzXnNqbEed5GJOZt8N4Bx1jA_Cv5MW7GQLec-5HE7fiveW2j483Mx1wgvYAn9PiDBwof6Ff5D\
            jaZwFQ
            """),
        Forgery(
            "PSS",
            """
            WQWArGhsEn-V8F41IbiAdrjZk5No7wlQZJowizZ3WlByMkQEDGSbcUbFKsz-sb5s8Rvn8dfJcVtS_g7AkW2M\
            EwJ6QXnDtqTGA4_2nQmpHwhY1tFcUKzM27caL877e7ax9JOiPvxTN_LsA1D5pXleX8OaFwNYXEkN0NZumWVi\
            d9az8DHXmpSui29aLznaHm2Y33VVw60pptvLt6r36lauIj6AkcZip8RLh-wMlSinqQDIUp8CXVuvezyhlrk0\
            a4auW0iOHESAmpuk9xRlNAmNrsXcdnSVX3_49y9KeT-nJDmhXCKVdQf6z1cJAqgOtqFGInmR3kIejpH5WVWn\
            s4fneA
            """),
        Forgery(
            "the message, not its hash",
            """
            PV7wBZTzfYROYeLZtywjcvauf5NIkuyCxomygy4V3ISkMG5Q8J39msMrocoSB8gtTnutWWsZ_0x7WZntSwcq\
            MZ8nDuUf8XCSVvPUZVb-xbG8ScwxfWPcAi212XcxRrn12woB5zy1AlqObZVeFl_yeq1kDQ5L8XTZxCzcKM-4\
            TEZeyg7eLAgd8X-yp_MXAUqXoC1iO9cwrii8eWq1U-_8b3YRhL6Aa8k4w4Tz-oKqVT9RDF9aHUp6QJils7Hu\
            inI2389vwHiS0yZi0FAVkIMa8rPR-12mLkjEhLy7vDPfw7fa4Hx889I5LisvPDs0nXonldmoO5ynmUptbp7M\
            63_dlQ
            """),
        Forgery(
            "zero",
            """
            AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
            AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
            AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
            AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
            AAAAAA
            """),
        Forgery(
            "one",
            """
            AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
            AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
            AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
            AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
            AAAAAQ
            """),
        Forgery(
            "the modulus less one",
            """
            iCHT4qBMmBX41r3230xrDLGRQ4zRT527REOZ66aW8YgKMOX1ji1xFrFplY8l_Rt5HzQMh5pWF4AJjQxcPpyv\
            akzhYWeWsLB6t4R7xIyro8JP6qZfvpmbbcaHmeS6bsjEWVQV0VxiiS_H93vsbxwP1QDMKdhWllzjFNEInV1d\
            xXdElFKIsfvMgAYwrP60Vr8YWpBoEZiBHjFlQ2rqEBfuJKUzVdZ0naFaLj_P06sBLugQeDfbae5f9dmMhNNt\
            A7BYNMIwJZ4voLed40aGePfgrgEqGrjaVRcgTCvZ-02-SaaW90OQQSq3H09fd8998m0X6aAeVEiik5g0v0g9\
            Hh568A
            """),
        Forgery(
            "the modulus",
            """
            iCHT4qBMmBX41r3230xrDLGRQ4zRT527REOZ66aW8YgKMOX1ji1xFrFplY8l_Rt5HzQMh5pWF4AJjQxcPpyv\
            akzhYWeWsLB6t4R7xIyro8JP6qZfvpmbbcaHmeS6bsjEWVQV0VxiiS_H93vsbxwP1QDMKdhWllzjFNEInV1d\
            xXdElFKIsfvMgAYwrP60Vr8YWpBoEZiBHjFlQ2rqEBfuJKUzVdZ0naFaLj_P06sBLugQeDfbae5f9dmMhNNt\
            A7BYNMIwJZ4voLed40aGePfgrgEqGrjaVRcgTCvZ-02-SaaW90OQQSq3H09fd8998m0X6aAeVEiik5g0v0g9\
            Hh568Q
            """),
        Forgery(
            "negated",
            """
            ddM8_yroUV_uc19RhXFOWa9-D-GccMbGai9_rrt8XWgw23EyGcR6vUMKhw00vu7EQpoikOkYjAhbz8E-Qpr6\
            5i2KbdZcBxCFEneNhsEyn_OsZ5wqxStK8YJ8rZDHluXHcgXdCOfMrbh8yoKD91W49ew13v6xPOc2du3zDnm0\
            L-iH7gQ-sy3MFGLDlLGspznwMR-r4OJReQwQMu9pWRss3eOPRZqILeyb-Op1PLAGzYAssmuQBjSYqH0s75y6\
            6Qj5MJnT6JMY68LFv6pxpe4Z27nm8w-k3bfBmuzoGbPL2LXF3aVlL2tsHwYo0ogcEipVVeiKB3XZnPOsl8p2\
            ORvRFA
            """),
        Forgery(
            "the modulus added",
            """
            mnBqxhWw3swDOhycOSeHv7OkdzgGLnSwHle0KJGxhafjhlq5ApZncB_IpBEXO0gt-832fkuTove3Sld6Op5j\
            7mw4VPjRWlBwXJFqAlgkp5DzbbCUuAfr6gqShjitRqvBQKJOmdD4ZKcTJHVU5uJmtBVidLH779KPsrQeLEEH\
            WwYBOqDSsMnM66mdxUu8BkRAhAEkQk6ww1a6U-ZqxxSva2bXZhJhDVYYY5UqaqX7kE_0PgQmzagnQzXsGgof\
            Hle3OOqMYqlGVax2BuKbTAGngEhtQmIPzHZ-_WrL3OewupdoEOG7UuoCH5iWHRbf0q_afVeyoRtrijy85sYE\
            AyEkzg
            """),
    ]
}
